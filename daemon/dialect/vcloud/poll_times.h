// PollTimes: when device codes were last polled, to tell those who poll too fast (RFC 8628 section 3.5).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace signet {

// Of one worker, which sees only what comes to it: a client that opens a new connection for each poll may be told less
// often. Bounded: a newcomer takes the place of whoever was there. Loop thread only.
class PollTimes {
 public:
  // Notes a poll and says whether it came less than `interval_s` after the one before.
  bool too_fast(std::string_view record_id, uint64_t now_ns, uint32_t interval_s);

 private:
  struct Entry {
    uint64_t hash = 0;  // 0 = none
    uint64_t at_ns = 0;
  };
  std::array<Entry, 1024> entries_;
};

}  // namespace signet
