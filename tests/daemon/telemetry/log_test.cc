// The log: lines that no value can forge, nothing lost but what is counted, nothing done by producers but a copy.
#include "daemon/log.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <vector>

#include "daemon/log_line.h"
#include "daemon/log_ring.h"
#include "protocol/json/reader.h"

namespace signet {
namespace {

// What the writer puts out between start and stop.
class LogTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(::pipe(pipe_), 0); }
  void TearDown() override { ::close(pipe_[0]); }

  void start(LogLevel minimum = LogLevel::kDebug) {
    // Drained meanwhile: a pipe holds less than some tests write.
    reader_ = std::thread([this] {
      char part[4096];
      for (ssize_t n = 0; (n = ::read(pipe_[0], part, sizeof part)) > 0;) text_.append(part, static_cast<size_t>(n));
    });
    log_start(minimum, pipe_[1]);
  }
  std::string stop() {
    log_stop();
    ::close(pipe_[1]);
    reader_.join();
    return text_;
  }
  static std::vector<JsonValue> parse_lines(const std::string& text) {
    std::vector<JsonValue> lines;
    for (size_t at = 0; at < text.size();) {
      size_t end = text.find('\n', at);
      auto value = read_json(std::string_view(text).substr(at, end - at));
      EXPECT_TRUE(value.has_value()) << text.substr(at, end - at);
      if (value) lines.push_back(std::move(*value));
      at = end + 1;
    }
    return lines;
  }

 private:
  int pipe_[2] = {-1, -1};
  std::thread reader_;
  std::string text_;
};

TEST_F(LogTest, WritesOneLineOfJsonForAnEvent) {
  start();
  log_event(LogLevel::kInfo, "started", {{"workers", "2"}});
  auto lines = parse_lines(stop());
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(*lines[0].find_string("level"), "info");
  EXPECT_EQ(*lines[0].find_string("event"), "started");
  EXPECT_EQ(*lines[0].find_string("workers"), "2");
  EXPECT_EQ(lines[0].find_string("time")->size(), std::string_view("2026-01-01T00:00:00.000Z").size());
}

// Log injection: a value may hold anything, the line stays one line and its members are the ones given.
TEST_F(LogTest, AValueCannotForgeALineOrAMember) {
  const std::string hostile = "a\",\"event\":\"forged\"}\n{\"level\":\"error\",\"event\":\"second\r\n\t\x1b[2Jz\\";
  start();
  log_event(LogLevel::kWarning, "authentication_failed", {{"client_id", hostile}});
  std::string text = stop();
  auto lines = parse_lines(text);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(*lines[0].find_string("event"), "authentication_failed");
  EXPECT_EQ(*lines[0].find_string("client_id"), hostile);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

TEST_F(LogTest, EventsBeforeTheStartAreWritten) {
  log_set_level(LogLevel::kDebug);
  log_event(LogLevel::kInfo, "early");
  start();
  EXPECT_EQ(parse_lines(stop()).size(), 1u);
}

TEST_F(LogTest, DropsWhatIsBelowTheLevel) {
  start(LogLevel::kWarning);
  log_event(LogLevel::kInfo, "quiet");
  log_event(LogLevel::kWarning, "loud");
  auto lines = parse_lines(stop());
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(*lines[0].find_string("event"), "loud");
}

TEST_F(LogTest, CountsWhatAFullRingLoses) {
  log_set_level(LogLevel::kDebug);
  uint64_t before = log_dropped();
  std::thread([] {
    for (size_t i = 0; i < LogRing::kSlots + 7; ++i) log_event(LogLevel::kInfo, "burst");
  }).join();
  EXPECT_EQ(log_dropped() - before, 7u);
  start();
  std::string text = stop();
  EXPECT_NE(text.find("\"event\":\"log_events_dropped\""), std::string::npos);
  EXPECT_EQ(log_dropped() - before, 7u) << "the count of an ended thread must stay";
}

TEST_F(LogTest, LosesNothingOfThreadsThatEnd) {
  start();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([] {
      for (int i = 0; i < 100; ++i) log_event(LogLevel::kInfo, "work");
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(parse_lines(stop()).size(), 400u);
}

std::string line_of(std::string_view event, std::initializer_list<LogField> fields) {
  LogEvent entry;
  entry.fill(1'700'000'000'123, LogLevel::kError, event, fields);
  std::string line;
  append_log_line(entry, line);
  return line;
}

TEST(LogLineTest, ShowsTheTimeInUtc) {
  EXPECT_EQ(line_of("x", {}), "{\"time\":\"2023-11-14T22:13:20.123Z\",\"level\":\"error\",\"event\":\"x\"}\n");
}

TEST(LogLineTest, ReplacesWhatIsNotUtf8AndControlsThatTerminalsActOn) {
  std::string line = line_of("x", {{"v",
                                    "a\xFF\xC2\x9B"
                                    "31mz\xC0\xAF\x7F"}});
  EXPECT_NE(line.find("\"v\":\"a\xEF\xBF\xBD\xEF\xBF\xBD"
                      "31mz\xEF\xBF\xBD\xEF\xBF\xBD\\u007f\""),
            std::string::npos)
      << line;
}

TEST(LogLineTest, KeepsTextOutsideAscii) {
  EXPECT_NE(line_of("x", {{"v", "Nguyễn 😀"}}).find("Nguyễn 😀"), std::string::npos);
}

TEST(LogLineTest, CutsALongValueBetweenCharactersAndSaysSo) {
  std::string value(kLogValueSizeMax - 1, 'a');
  std::string line = line_of("x", {{"v", value + "é"}});
  EXPECT_NE(line.find("\"v\":\"" + value + "\",\"cut\":true"), std::string::npos) << line;
}

TEST(LogLineTest, LeavesOutFieldsThatDoNotFitAndSaysSo) {
  std::string value(kLogValueSizeMax, 'a');
  std::string line = line_of("x", {{"a", value}, {"b", value}, {"c", value}, {"d", value}, {"e", value}, {"f", "1"}});
  EXPECT_TRUE(read_json(line).has_value());
  EXPECT_EQ(line.find("\"f\""), std::string::npos);
  EXPECT_NE(line.find("\"cut\":true"), std::string::npos);
}

}  // namespace
}  // namespace signet
