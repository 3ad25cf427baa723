// How a run and its preparation go, on one line of a terminal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace signet::load {

// ProgressLine: how a run goes. Not thread-safe. Writes to stderr, and nothing at all when not shown; clears its line
// at the end.
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

// CountLine: how far a preparation is, likewise.
class CountLine {
 public:
  CountLine(bool shown, std::string_view what) : shown_(shown), what_(what) {}
  ~CountLine();
  CountLine(const CountLine&) = delete;
  CountLine& operator=(const CountLine&) = delete;

  void show(size_t done, size_t wanted);

 private:
  bool shown_;
  std::string what_;
  size_t percent_ = 0;
  bool drawn_ = false;
};

}  // namespace signet::load
