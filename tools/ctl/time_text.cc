#include "tools/ctl/time_text.h"

#include <fmt/format.h>

namespace signet::ctl {
namespace {

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
