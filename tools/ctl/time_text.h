// Instants and durations as people write them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocol/base/time.h"

namespace signet::ctl {

// relative_time: `instant` as seen from `now`: "in 15 min", "2 h ago", "now". One unit, rounded down.
std::string relative_time(UnixSeconds instant, UnixSeconds now);

// duration_text: "900 s" stays exact below two minutes, then "15 min", "2 h 5 min", "3 d 4 h".
std::string duration_text(int64_t seconds);

// parse_rfc3339: "2030-01-31T12:00:00Z", with a fraction of a second and an offset as RFC 3339 section 5.6 has them;
// what is finer than a millisecond is dropped. Nothing for any other text, for no day of the calendar and before 1970.
std::optional<UnixMs> parse_rfc3339(std::string_view text);

// parse_duration: "90d", "12h", "30m" or "45s" in seconds. Nothing for any other text, and beyond 100 years.
std::optional<int64_t> parse_duration(std::string_view text);

}  // namespace signet::ctl
