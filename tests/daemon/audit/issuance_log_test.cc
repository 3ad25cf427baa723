#include "daemon/audit/issuance_log.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <semaphore>

#include "daemon/audit/issuance_file.h"

namespace signet {
namespace {

constexpr UnixMs kDayMs = 86'400'000;
UnixMs now_ms = 1000 * kDayMs;
UnixMs clock_ms() { return now_ms; }

class TestBatch final : public IssuanceBatch {
 public:
  explicit TestBatch(int first, int how_many = 1) {
    for (int i = 0; i < how_many; ++i) lines += R"({"time_ms":1,"client_id":"c)" + std::to_string(first + i) + "\"}\n";
    count = static_cast<uint32_t>(how_many);
  }
  void completed() override { done_.release(); }
  bool wait() {
    done_.acquire();
    return recorded;
  }

 private:
  std::binary_semaphore done_{0};
};

class IssuanceLogTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "signet-issuance-XXXXXX").string();
    root_ = mkdtemp(name.data());
    now_ms = 1000 * kDayMs;
  }
  void TearDown() override {
    log_.reset();
    std::filesystem::remove_all(root_);
  }
  std::string directory() const { return root_ + "/issuance"; }
  std::string open(uint64_t octets_max = uint64_t{1} << 20) {
    log_.reset();
    auto opened = IssuanceLog::open({.directory = directory(),
                                     .file_octets_max = octets_max,
                                     .clock = clock_ms,
                                     .on_place = [this](const IssuanceLog::Place& place) {
                                       places_.push_back(std::string(place.what) + " " + std::string(place.file) + " " +
                                                         std::to_string(place.line));
                                     }});
    if (!opened) return opened.error();
    log_ = std::move(*opened);
    return {};
  }
  bool record(int number, int how_many = 1) {
    TestBatch batch(number, how_many);
    log_->record(batch);
    return batch.wait();
  }
  std::vector<std::string> files() const {
    std::vector<std::string> paths;
    for (const IssuanceFile& file : issuance_files(directory())) paths.push_back(file.path);
    return paths;
  }
  static std::string text_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::vector<std::string> lines() const {
    std::vector<std::string> all;
    for (const std::string& path : files()) {
      std::ifstream file(path);
      for (std::string line; std::getline(file, line);) all.push_back(line);
    }
    return all;
  }
  // The lines of all files are one chain, numbered without a gap.
  void expect_chained() const {
    LineChain chain;
    uint64_t number = 0;
    for (const std::string& line : lines()) {
      ASSERT_EQ(issuance_line_number(line), ++number);
      ASSERT_EQ(chain.next(line), LineChain::Verdict::kFollows) << line;
    }
  }
  size_t records() const {
    return static_cast<size_t>(
        std::ranges::count_if(lines(), [](const std::string& line) { return line.find("client_id") != line.npos; }));
  }

  std::string root_;
  std::unique_ptr<IssuanceLog> log_;
  std::vector<std::string> places_;
};

TEST_F(IssuanceLogTest, WhatIsToldAsRecordedIsInTheFile) {
  ASSERT_EQ(open(), "");
  EXPECT_TRUE(record(1, 3));
  EXPECT_EQ(records(), 3U);  // while the log is open
  EXPECT_NE(lines()[2].find(R"({"n":3,"time_ms":1,"client_id":"c2","chain":")"), std::string::npos) << lines()[2];
  expect_chained();
}

TEST_F(IssuanceLogTest, NobodyElseMayReadIt) {
  ASSERT_EQ(open(), "");
  struct stat status{};
  ASSERT_EQ(::stat(directory().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700U);
  ASSERT_EQ(::stat(files()[0].c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST_F(IssuanceLogTest, GoesOnBehindARestart) {
  for (int start = 0; start < 3; ++start) {
    ASSERT_EQ(open(), "");
    EXPECT_TRUE(record(start));
  }
  log_.reset();
  EXPECT_EQ(files().size(), 3U);
  EXPECT_EQ(records(), 3U);
  expect_chained();
}

TEST_F(IssuanceLogTest, ALineThatACrashCutIsCutOff) {
  ASSERT_EQ(open(), "");
  EXPECT_TRUE(record(1));
  log_.reset();
  std::ofstream(files()[0], std::ios::app) << R"({"n":3,"time_ms":1,"cli)";
  ASSERT_EQ(open(), "");
  EXPECT_TRUE(record(2));
  EXPECT_EQ(records(), 2U);
  expect_chained();
}

TEST_F(IssuanceLogTest, ZerosThatACrashLeftAreCutOff) {
  ASSERT_EQ(open(), "");
  EXPECT_TRUE(record(1));
  log_.reset();
  std::ofstream(files()[0], std::ios::app) << std::string(3 << 20, '\0');
  ASSERT_EQ(open(), "");
  EXPECT_TRUE(record(2));
  EXPECT_EQ(records(), 2U);
  expect_chained();
}

TEST_F(IssuanceLogTest, AFileWithoutAWholeLineIsBegunAnew) {
  ASSERT_EQ(open(), "");
  EXPECT_TRUE(record(1));
  log_.reset();
  std::ofstream(directory() + "/" + issuance_file_name(2)) << R"({"n":3,"ti)";
  ASSERT_EQ(open(), "");
  EXPECT_TRUE(record(2));
  EXPECT_EQ(files().size(), 2U);
  expect_chained();
}

TEST_F(IssuanceLogTest, RefusesToGoOnBehindALineThatIsNoneOfTheLog) {
  ASSERT_EQ(open(), "");
  log_.reset();
  std::ofstream(files()[0], std::ios::app) << "something else\n";
  const std::string why = open();
  EXPECT_NE(why.find("cannot go on"), std::string::npos) << why;
  EXPECT_NE(why.find("Move "), std::string::npos) << why;
  EXPECT_NE(text_of(files()[0]).find("something else"), std::string::npos) << "what is there stays as it is";
}

TEST_F(IssuanceLogTest, AFileThatIsLargeEnoughIsFollowedByAnother) {
  ASSERT_EQ(open(1000), "");
  for (int i = 0; i < 40; ++i) EXPECT_TRUE(record(i));
  EXPECT_GT(files().size(), 2U);
  for (const std::string& path : files()) EXPECT_LT(std::filesystem::file_size(path), 1300U);
  EXPECT_EQ(records(), 40U);
  expect_chained();
}

TEST_F(IssuanceLogTest, ADayHasAFileOfItsOwn) {
  ASSERT_EQ(open(), "");
  EXPECT_TRUE(record(1));
  now_ms += kDayMs;
  EXPECT_TRUE(record(2));
  EXPECT_EQ(files().size(), 2U);
  expect_chained();
}

TEST_F(IssuanceLogTest, TellsWhereAFileEnds) {
  ASSERT_EQ(open(), "");
  EXPECT_TRUE(record(1));
  now_ms += kDayMs;
  EXPECT_TRUE(record(2));
  log_.reset();
  EXPECT_EQ(places_, (std::vector<std::string>{"issuance-log.begin issuance-00000001.jsonl 1",
                                               "issuance-log.end issuance-00000001.jsonl 2",
                                               "issuance-log.end issuance-00000002.jsonl 4"}));
}

TEST_F(IssuanceLogTest, AFailedWriteRecordsNothingAndLeavesNothingBehind) {
  ASSERT_EQ(open(), "");
  EXPECT_TRUE(record(1));
  // A limit on the size of files is as good as a full disk, and goes away again.
  ::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const uint64_t size = std::filesystem::file_size(files()[0]);
  rlimit tight = before;
  tight.rlim_cur = size + 30;  // a part of the line fits
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
  EXPECT_FALSE(record(2));
  EXPECT_FALSE(record(3));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_TRUE(record(4));
  EXPECT_GE(log_->figures().failures, 2U);
  EXPECT_EQ(log_->figures().records, 2U);
  const std::string text = text_of(files()[0]);
  EXPECT_EQ(text.find("\"c2\""), std::string::npos);
  EXPECT_EQ(text.find("\"c3\""), std::string::npos);
  EXPECT_NE(text.find("\"c4\""), std::string::npos);
  expect_chained();
}

TEST_F(IssuanceLogTest, ADirectoryThatCannotBeMadeIsSaid) {
  std::ofstream(root_ + "/issuance") << "a file";
  EXPECT_NE(open(), "");
}

TEST_F(IssuanceLogTest, ManyBatchesShareAWrite) {
  ASSERT_EQ(open(), "");
  std::vector<std::unique_ptr<TestBatch>> batches;
  for (int i = 0; i < 500; ++i) batches.push_back(std::make_unique<TestBatch>(i));
  for (auto& batch : batches) log_->record(*batch);
  for (auto& batch : batches) EXPECT_TRUE(batch->wait());
  EXPECT_EQ(log_->figures().records, 500U);
  EXPECT_LE(log_->figures().writes, 501U);
  expect_chained();
}

TEST(IssuanceLineNumber, IsTheFirstMemberAlone) {
  EXPECT_EQ(issuance_line_number(R"({"n":17,"a":1})"), 17U);
  for (const std::string_view text : {"", "{", R"({"n":})", R"({"n":17})", R"({"n":-1,)", R"({"m":17,)", R"( {"n":17,)",
                                      R"({"n":99999999999999999999,)"}) {
    EXPECT_EQ(issuance_line_number(text), 0U) << text;
  }
}

}  // namespace
}  // namespace signet
