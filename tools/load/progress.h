// ProgressLine: how a run goes, on one line of a terminal.
#pragma once

#include <cstdint>

namespace signet::load {

// Not thread-safe. Writes to stderr, and nothing at all when not shown; clears its line at the end.
class ProgressLine {
 public:
  explicit ProgressLine(bool shown) : shown_(shown) {}
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  // Called once a second with the totals so far.
  void show(uint64_t answered, uint64_t errors);

 private:
  bool shown_;
  uint64_t seconds_ = 0;
  uint64_t answered_ = 0;
};

}  // namespace signet::load
