#include "daemon/dialect/vcloud/poll_times.h"

#include <functional>

namespace signet {

bool PollTimes::too_fast(std::string_view record_id, uint64_t now_ns, uint32_t interval_s) {
  // The id is a digest already: nobody chooses where it falls.
  const uint64_t hash = std::hash<std::string_view>()(record_id) | 1;
  Entry& entry = entries_[(hash >> 1) % entries_.size()];
  const bool fast = entry.hash == hash && now_ns - entry.at_ns < uint64_t{interval_s} * 1'000'000'000;
  entry = {hash, now_ns};
  return fast;
}

}  // namespace signet
