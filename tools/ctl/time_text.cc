#include "tools/ctl/time_text.h"

#include <fmt/format.h>

#include <ctime>

namespace signet::ctl {
namespace {

constexpr UnixSeconds kYear0 = -62167219200;  // 0000-01-01T00:00:00Z
constexpr UnixSeconds kYear9999End = 253402300799;
constexpr int64_t kMinute = 60;
constexpr int64_t kHour = 60 * kMinute;
constexpr int64_t kDay = 24 * kHour;

std::string one_unit(uint64_t seconds) {
  if (seconds < 2 * kMinute) return fmt::format("{} s", seconds);
  if (seconds < 2 * kHour) return fmt::format("{} min", seconds / kMinute);
  if (seconds < 2 * kDay) return fmt::format("{} h", seconds / kHour);
  return fmt::format("{} d", seconds / kDay);
}

}  // namespace

std::string rfc3339(UnixSeconds instant) {
  if (instant < kYear0 || instant > kYear9999End) return fmt::format("{}", instant);
  const std::time_t time = instant;
  std::tm parts{};
  gmtime_r(&time, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                     parts.tm_hour, parts.tm_min, parts.tm_sec);
}

std::string relative_time(UnixSeconds instant, UnixSeconds now) {
  if (instant == now) return "now";
  // Differences in unsigned arithmetic: claims are outside numbers and may be at the ends of the range.
  if (instant > now) return "in " + one_unit(static_cast<uint64_t>(instant) - static_cast<uint64_t>(now));
  return one_unit(static_cast<uint64_t>(now) - static_cast<uint64_t>(instant)) + " ago";
}

std::string duration_text(int64_t seconds) {
  if (seconds < 2 * kMinute) return fmt::format("{} s", seconds);
  if (seconds < kHour) return fmt::format("{} min", seconds / kMinute);
  if (seconds < kDay) return fmt::format("{} h {} min", seconds / kHour, seconds % kHour / kMinute);
  return fmt::format("{} d {} h", seconds / kDay, seconds % kDay / kHour);
}

}  // namespace signet::ctl
