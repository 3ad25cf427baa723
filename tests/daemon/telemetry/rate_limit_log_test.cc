// The sampled log of refused floods: bounded, and it names who was refused.
#include "daemon/rate_limit_log.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <string>
#include <thread>

#include "daemon/log.h"

namespace signet {
namespace {

// What the log says of `refusals`, made on a thread of their own.
std::string logged(const std::function<void()>& refusals) {
  log_set_level(LogLevel::kDebug);
  std::thread(refusals).join();
  int ends[2];
  if (::pipe(ends) != 0) return {};
  log_start(LogLevel::kDebug, ends[1]);
  log_stop();
  ::close(ends[1]);
  std::string text(1 << 16, '\0');
  const ssize_t n = ::read(ends[0], text.data(), text.size());
  ::close(ends[0]);
  text.resize(n > 0 ? static_cast<size_t>(n) : 0);
  return text;
}

TEST(RateLimitLogTest, AFloodFillsNoDisk) {
  const std::string text = logged([] {
    for (int i = 0; i < 10'000; ++i) log_rate_limited(RateLimitKind::kAddress, {}, "192.0.2.1");
  });
  auto lines = static_cast<unsigned>(std::count(text.begin(), text.end(), '\n'));
  EXPECT_GE(lines, kRateLimitLinesPerSecond);
  EXPECT_LE(lines, 2 * kRateLimitLinesPerSecond) << "a second may have turned meanwhile";
  EXPECT_NE(text.find("\"event\":\"rate_limited\""), std::string::npos) << text;
}

TEST(RateLimitLogTest, SaysWhichLimitAndWhom) {
  const std::string text = logged([] { log_rate_limited(RateLimitKind::kClient, "billing", "192.0.2.1"); });
  EXPECT_NE(text.find("\"limit\":\"client\""), std::string::npos) << text;
  EXPECT_NE(text.find("\"client_id\":\"billing\""), std::string::npos) << text;
  EXPECT_NE(text.find("\"peer\":\"192.0.2.1\""), std::string::npos) << text;
  EXPECT_NE(text.find("\"left_out\":\"0\""), std::string::npos) << text;
}

}  // namespace
}  // namespace signet
