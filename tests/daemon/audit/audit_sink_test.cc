#include "daemon/audit/audit_sink.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "daemon/audit/audit_json.h"
#include "daemon/audit/issuance_file.h"
#include "protocol/json/reader.h"
#include "tests/support/fake_store.h"

namespace signet {
namespace {

using namespace std::chrono_literals;

// An audit log of which the front may be gone.
class LogStore final : public FakeStore {
 public:
  void add(std::string subject) {
    const std::lock_guard lock(mutex_);
    records_.push_back({.sequence = records_.size() + 1,
                        .time_ms = 1764182841123,
                        .uid = 1000,
                        .via = "test",
                        .tenant = 0,
                        .what = "client.add",
                        .subject = std::move(subject),
                        .after = R"({"x":1})"});
  }
  void prune(uint64_t last) { base_ = last; }
  void read_audit(AuditRange range, StoreDone<AuditPage> done) override {
    const std::lock_guard lock(mutex_);
    AuditPage page{.checked_to = records_.size(), .end = records_.size(), .base = base_};
    for (const AuditRecord& record : records_) {
      if (record.sequence <= std::max<uint64_t>(range.after, base_)) continue;
      if (page.records.size() == 100) break;
      page.records.push_back(record);
      page.checked_to = record.sequence;
    }
    done(std::move(page));
  }

 private:
  std::mutex mutex_;
  std::vector<AuditRecord> records_;
  std::atomic<uint64_t> base_{0};
};

bool until(const std::function<bool()>& condition) {
  for (int i = 0; i < 1000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

class AuditSinkTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "signet-sink-XXXXXX").string();
    root_ = mkdtemp(name.data());
  }
  void TearDown() override {
    sink_.reset();
    std::filesystem::remove_all(root_);
  }
  void start(const std::string& target) {
    sink_ = std::make_unique<AuditSink>(
        AuditSink::Options{.target = target,
                           .place_file = root_ + "/place",
                           .issuance_directory = root_ + "/issuance",
                           .store = &store_,
                           .tenant_name = [](uint32_t number) { return number == 0 ? "default" : ""; }});
    sink_->start();
  }
  std::string file_target(const std::string& name = "audit.jsonl") const { return "file:" + root_ + "/" + name; }
  std::vector<std::string> lines(const std::string& name = "audit.jsonl") const {
    std::ifstream file(root_ + "/" + name);
    std::vector<std::string> all;
    for (std::string line; std::getline(file, line);) all.push_back(line);
    return all;
  }
  static std::string subject(const std::string& line) {
    const auto read = read_json(line);
    const std::string* text = read ? read->find_string("subject") : nullptr;
    return text != nullptr ? *text : "not read: " + line;
  }
  bool copied(size_t count, const std::string& name = "audit.jsonl") {
    return until([&] { return lines(name).size() >= count; });
  }

  std::string root_;
  LogStore store_;
  std::unique_ptr<AuditSink> sink_;
};

TEST_F(AuditSinkTest, EveryRecordIsALineInOrder) {
  for (int i = 0; i < 250; ++i) store_.add("c" + std::to_string(i));
  start(file_target());
  ASSERT_TRUE(copied(250));
  store_.add("last");
  ASSERT_TRUE(copied(251));
  for (int i = 0; i < 250; ++i) EXPECT_EQ(subject(lines()[static_cast<size_t>(i)]), "c" + std::to_string(i));
  const auto read = read_json(lines()[0]);
  EXPECT_EQ(*read->find_string("tenant"), "default");
  EXPECT_EQ(*read->find_string("what"), "client.add");
  EXPECT_EQ(sink_->figures().copied, 251U);
  EXPECT_EQ(sink_->figures().dropped, 0U);
}

TEST_F(AuditSinkTest, NoNameForgesALine) {
  store_.add("a\",\"what\":\"x\"}\n{\"sequence\":99}\r\n\x1b[2J");
  store_.add("next");
  start(file_target());
  ASSERT_TRUE(copied(2));
  sink_->close();
  ASSERT_EQ(lines().size(), 2U);
  EXPECT_EQ(subject(lines()[0]), "a\",\"what\":\"x\"}\n{\"sequence\":99}\r\n\x1b[2J");
}

TEST_F(AuditSinkTest, GoesOnWhereItWasAfterARestart) {
  store_.add("one");
  start(file_target());
  ASSERT_TRUE(copied(1));
  sink_.reset();
  store_.add("two");
  start(file_target());
  ASSERT_TRUE(copied(2));
  sink_.reset();
  ASSERT_EQ(lines().size(), 2U);
  EXPECT_EQ(subject(lines()[1]), "two");
}

TEST_F(AuditSinkTest, AFileThatWasMovedAwayIsMadeAnewWhenToldTo) {
  store_.add("one");
  start(file_target());
  ASSERT_TRUE(copied(1));
  std::filesystem::rename(root_ + "/audit.jsonl", root_ + "/audit.jsonl.1");
  sink_->reopen();
  ASSERT_TRUE(until([&] {
    store_.add("more");
    return !lines().empty();
  }));
  EXPECT_EQ(subject(lines("audit.jsonl.1")[0]), "one");
  EXPECT_EQ(subject(lines()[0]), "more");
}

TEST_F(AuditSinkTest, AFailingFileLosesNothing) {
  start(file_target("absent/audit.jsonl"));
  for (int i = 0; i < 3; ++i) store_.add("c" + std::to_string(i));
  ASSERT_TRUE(until([&] { return sink_->figures().failures >= 1; }));
  EXPECT_EQ(sink_->figures().copied, 0U);
  std::filesystem::create_directory(root_ + "/absent");
  ASSERT_TRUE(copied(3, "absent/audit.jsonl"));
  EXPECT_EQ(subject(lines("absent/audit.jsonl")[0]), "c0");
  EXPECT_EQ(sink_->figures().dropped, 0U);
}

TEST_F(AuditSinkTest, WhatWasPrunedBeforeItWasCopiedIsCounted) {
  for (int i = 0; i < 5; ++i) store_.add("c" + std::to_string(i));
  store_.prune(3);
  start(file_target());
  ASSERT_TRUE(copied(2));
  EXPECT_EQ(sink_->figures().dropped, 3U);
  EXPECT_EQ(subject(lines()[0]), "c3");
}

TEST_F(AuditSinkTest, ADamagedPlaceBeginsAtTheBeginning) {
  std::ofstream(root_ + "/place") << "something else";
  store_.add("one");
  start(file_target());
  EXPECT_TRUE(copied(1));
}

TEST_F(AuditSinkTest, TheLogOfIssuedTokensIsFollowedFromFileToFile) {
  std::filesystem::create_directory(root_ + "/issuance");
  const auto path = [&](uint32_t number) { return root_ + "/issuance/" + issuance_file_name(number); };
  std::ofstream(path(1)) << "{\"n\":1}\n{\"n\":2}\n";
  start(file_target());
  ASSERT_TRUE(copied(2));
  std::ofstream(path(1), std::ios::app) << "{\"n\":3}\n";
  std::ofstream(path(2)) << "{\"n\":4}\n{\"n\":5";
  ASSERT_TRUE(copied(4));
  std::ofstream(path(2), std::ios::app) << "}\n";
  ASSERT_TRUE(copied(5));
  sink_->close();
  EXPECT_EQ(lines(), (std::vector<std::string>{R"({"n":1})", R"({"n":2})", R"({"n":3})", R"({"n":4})", R"({"n":5})"}));
}

TEST_F(AuditSinkTest, AStopWaitsForNoSinkThatFails) {
  store_.add("one");
  start(file_target("absent/audit.jsonl"));
  ASSERT_TRUE(until([&] { return sink_->figures().failures >= 1; }));
  sink_->close();
  EXPECT_EQ(sink_->figures().copied, 0U);
}

// The system log: a socket of the test's own.
class SyslogTest : public AuditSinkTest {
 protected:
  void listen() {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = root_ + "/log";
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    ::unlink(path.c_str());
    socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ASSERT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    const timeval patience{.tv_sec = 10, .tv_usec = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  void TearDown() override {
    if (socket_ >= 0) ::close(socket_);
    AuditSinkTest::TearDown();
  }
  std::string message() {
    std::array<char, 65536> text;
    const ssize_t size = ::recv(socket_, text.data(), text.size(), 0);
    return size < 0 ? std::string() : std::string(text.data(), static_cast<size_t>(size));
  }
  std::string target() const { return "syslog:" + root_ + "/log"; }
  int socket_ = -1;
};

TEST_F(SyslogTest, EveryRecordIsAMessage) {
  listen();
  store_.add("one");
  start(target());
  const std::string text = message();
  EXPECT_TRUE(text.starts_with("<86>")) << text;
  EXPECT_NE(text.find("signetd["), std::string::npos) << text;
  EXPECT_EQ(subject(text.substr(text.find(": {") + 2)), "one");
}

TEST_F(SyslogTest, OneThatReadsSlowlyLosesNothing) {
  listen();
  for (int i = 0; i < 300; ++i) store_.add("c" + std::to_string(i));
  start(target());
  std::this_thread::sleep_for(100ms);  // its queue, some ten messages, is full by now
  for (int i = 0; i < 300; ++i) {
    const std::string text = message();
    ASSERT_EQ(subject(text.substr(text.find(": {") + 2)), "c" + std::to_string(i));
  }
  EXPECT_EQ(sink_->figures().dropped, 0U);
}

TEST_F(SyslogTest, OneThatIsStartedAnewIsFoundAgain) {
  listen();
  store_.add("one");
  start(target());
  EXPECT_NE(message().find("one"), std::string::npos);
  ::close(socket_);
  listen();
  store_.add("two");
  EXPECT_NE(message().find("two"), std::string::npos);
}

TEST_F(SyslogTest, ARecordThatIsTooLargeIsNamedAndCounted) {
  listen();
  store_.add(std::string(10'000, 'x'));
  start(target());
  const std::string text = message();
  EXPECT_NE(text.find(R"({"sequence":1,"left_out":)"), std::string::npos) << text;
  EXPECT_TRUE(read_json(text.substr(text.find(": {") + 2)));
  EXPECT_TRUE(until([&] { return sink_->figures().dropped == 1; }));
}

TEST(AuditJson, ALineIsAsLongAsItsTextsNeed) {
  AuditRecord record{.what = "client.add", .subject = std::string(5000, '\x01'), .after = R"({"a":1})"};
  const auto read = read_json(audit_record_line(record, "default"), {.size_max = 1 << 20});
  ASSERT_TRUE(read);
  EXPECT_EQ(*read->find_string("subject"), record.subject);
}

}  // namespace
}  // namespace signet
