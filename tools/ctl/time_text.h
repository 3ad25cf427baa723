// Instants and durations as people write them.
#pragma once

#include <string>

#include "protocol/base/time.h"

namespace signet::ctl {

// relative_time: `instant` as seen from `now`: "in 15 min", "2 h ago", "now". One unit, rounded down.
std::string relative_time(UnixSeconds instant, UnixSeconds now);

// duration_text: "900 s" stays exact below two minutes, then "15 min", "2 h 5 min", "3 d 4 h".
std::string duration_text(int64_t seconds);

}  // namespace signet::ctl
