#include "protocol/base/time_text.h"

#include <fmt/format.h>

#include <ctime>

namespace signet {
namespace {
constexpr UnixSeconds kYear0 = -62167219200;  // 0000-01-01T00:00:00Z
constexpr UnixSeconds kYear9999End = 253402300799;
}  // namespace

std::string rfc3339(UnixSeconds instant) {
  if (instant < kYear0 || instant > kYear9999End) return fmt::format("{}", instant);
  const std::time_t time = instant;
  std::tm parts{};
  gmtime_r(&time, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                     parts.tm_hour, parts.tm_min, parts.tm_sec);
}

}  // namespace signet
