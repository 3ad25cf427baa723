#include "tools/ctl/time_text.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>

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

// Takes exactly `digits` digits from the front of `text`.
std::optional<int> take_number(std::string_view& text, size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + digits, number);
  if (error != std::errc() || end != text.data() + digits || text.front() == '-') return std::nullopt;
  text.remove_prefix(digits);
  return number;
}

bool take_sign(std::string_view& text, std::string_view signs) {
  if (text.empty() || signs.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

// ".5" as 500; 0 when there is no fraction.
std::optional<int> take_fraction_ms(std::string_view& text) {
  if (!take_sign(text, ".")) return 0;
  int ms = 0, digits = 0;
  for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1), ++digits) {
    if (digits < 3) ms = ms * 10 + (text.front() - '0');
  }
  if (digits == 0) return std::nullopt;
  for (; digits < 3; ++digits) ms *= 10;
  return ms;
}

// Minutes east of UTC, of the rest of `text`.
std::optional<int> read_offset(std::string_view text) {
  if (text == "Z" || text == "z") return 0;
  const bool west = text.starts_with('-');
  if (!take_sign(text, "+-")) return std::nullopt;
  const auto hours = take_number(text, 2);
  if (!hours || *hours > 23 || !take_sign(text, ":")) return std::nullopt;
  const auto minutes = take_number(text, 2);
  if (!minutes || *minutes > 59 || !text.empty()) return std::nullopt;
  return (*hours * 60 + *minutes) * (west ? -1 : 1);
}

}  // namespace

std::optional<UnixMs> parse_rfc3339(std::string_view text) {
  const auto year = take_number(text, 4);
  if (!year || !take_sign(text, "-")) return std::nullopt;
  const auto month = take_number(text, 2);
  if (!month || !take_sign(text, "-")) return std::nullopt;
  const auto day = take_number(text, 2);
  if (!day || !take_sign(text, "Tt ")) return std::nullopt;
  const auto hour = take_number(text, 2);
  if (!hour || *hour > 23 || !take_sign(text, ":")) return std::nullopt;
  const auto minute = take_number(text, 2);
  if (!minute || *minute > 59 || !take_sign(text, ":")) return std::nullopt;
  const auto second = take_number(text, 2);
  if (!second || *second > 59) return std::nullopt;
  const auto fraction_ms = take_fraction_ms(text);
  const auto offset = fraction_ms ? read_offset(text) : std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!offset || !date.ok()) return std::nullopt;
  const int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  const int64_t seconds = days * kDay + *hour * kHour + (*minute - *offset) * kMinute + *second;
  const UnixMs ms = seconds * 1000 + *fraction_ms;
  return ms > 0 ? std::optional(ms) : std::nullopt;
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

std::optional<int64_t> parse_duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const char unit = text.back();
  const int64_t seconds = unit == 'd' ? kDay : unit == 'h' ? kHour : unit == 'm' ? kMinute : unit == 's' ? 1 : 0;
  text.remove_suffix(1);
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (seconds == 0 || error != std::errc() || end != text.data() + text.size() || text.front() == '-') {
    return std::nullopt;
  }
  if (number > 100 * 365 * kDay / seconds) return std::nullopt;
  return number * seconds;
}

}  // namespace signet::ctl
