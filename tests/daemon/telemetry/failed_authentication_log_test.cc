// The sampled log of failed authentications: bounded, and honest about what it leaves out.
#include "daemon/failed_authentication_log.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>
#include <thread>

#include "daemon/log.h"

namespace signet {
namespace {

TEST(FailedAuthenticationLogTest, AFloodFillsNoDisk) {
  log_set_level(LogLevel::kDebug);
  std::thread([] {
    for (int i = 0; i < 10'000; ++i) log_failed_authentication(AuthFailure::kWrongSecret, "c", "192.0.2.1");
  }).join();
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  log_start(LogLevel::kDebug, ends[1]);
  log_stop();
  ::close(ends[1]);
  std::string text(1 << 16, '\0');
  ssize_t n = ::read(ends[0], text.data(), text.size());
  ::close(ends[0]);
  ASSERT_GT(n, 0);
  text.resize(static_cast<size_t>(n));
  auto lines = static_cast<unsigned>(std::count(text.begin(), text.end(), '\n'));
  EXPECT_GE(lines, kFailedAuthenticationLinesPerSecond);
  EXPECT_LE(lines, 2 * kFailedAuthenticationLinesPerSecond) << "a second may have turned meanwhile";
  EXPECT_NE(text.find("\"reason\":\"wrong_secret\""), std::string::npos);
}

}  // namespace
}  // namespace signet
