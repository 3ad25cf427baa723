// Schedule: the arrivals of an open loop, fixed before anything is measured. A request that finds no free connection
// keeps its scheduled time, so that a server that stalls is charged for all that waited meanwhile (otherwise the
// generator would wait with it and hide the stall: coordinated omission).
#pragma once

#include <cstdint>

namespace signet::load {

// Not thread-safe.
class Schedule {
 public:
  // Arrivals `interval_ns` apart (not 0), the first at `first_ns`.
  Schedule(uint64_t first_ns, double interval_ns) : first_ns_(first_ns), interval_ns_(interval_ns) {}

  // When the next arrival not yet taken is due.
  uint64_t next_ns() const { return first_ns_ + static_cast<uint64_t>(static_cast<double>(taken_) * interval_ns_); }
  bool is_due(uint64_t now_ns) const { return next_ns() <= now_ns; }
  // Takes the next arrival; gives the time it was scheduled for.
  uint64_t take() {
    const uint64_t at = next_ns();
    ++taken_;
    return at;
  }

 private:
  uint64_t first_ns_;
  double interval_ns_;
  uint64_t taken_ = 0;
};

}  // namespace signet::load
