// The sampled log of failed authentications: bounded, and honest about what it leaves out.
#include "daemon/failed_authentication_log.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <string>
#include <thread>

#include "daemon/log.h"

namespace signet {
namespace {

// What the log says of `failures`, made on a thread of their own.
std::string logged(const std::function<void()>& failures) {
  log_set_level(LogLevel::kDebug);
  std::thread(failures).join();
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

TEST(FailedAuthenticationLogTest, AFloodFillsNoDisk) {
  const std::string text = logged([] {
    for (int i = 0; i < 10'000; ++i) log_failed_authentication(AuthFailure::kWrongSecret, "c", "192.0.2.1");
  });
  auto lines = static_cast<unsigned>(std::count(text.begin(), text.end(), '\n'));
  EXPECT_GE(lines, kFailedAuthenticationLinesPerSecond);
  EXPECT_LE(lines, 2 * kFailedAuthenticationLinesPerSecond) << "a second may have turned meanwhile";
  EXPECT_NE(text.find("\"reason\":\"wrong_secret\""), std::string::npos);
}

// A secret that is sent in the client id's place (swapped halves of Basic) must not reach the log.
TEST(FailedAuthenticationLogTest, NamesOnlyClientsThatExist) {
  const std::string text = logged([] {
    log_failed_authentication(AuthFailure::kUnknownClient, "a-secret-in-the-wrong-place", "192.0.2.1");
    log_failed_authentication(AuthFailure::kMalformed, "another-misplaced-secret", "192.0.2.1");
    log_failed_authentication(AuthFailure::kWrongSecret, "billing", "192.0.2.1");
  });
  EXPECT_EQ(text.find("misplaced"), std::string::npos) << text;
  EXPECT_EQ(text.find("wrong-place"), std::string::npos) << text;
  EXPECT_NE(text.find("\"client_id_sha256_prefix\":\""), std::string::npos) << text;
  EXPECT_NE(text.find("\"client_id\":\"billing\""), std::string::npos) << text;
}

}  // namespace
}  // namespace signet
