#include "tools/load/progress.h"

#include <fmt/format.h>

#include <cstdio>
#include <utility>

namespace signet::load {
namespace {

constexpr const char* kClearLine = "\r\x1B[K";

}  // namespace

ProgressLine::~ProgressLine() {
  if (shown_ && seconds_ > 0) fmt::print(stderr, "{}", kClearLine);
}

void ProgressLine::show(uint64_t answered, uint64_t errors) {
  ++seconds_;
  const uint64_t since = answered - std::exchange(answered_, answered);
  if (!shown_) return;
  fmt::print(stderr, "{}{} s  {} requests/s  {} errors", kClearLine, seconds_, since, errors);
  std::fflush(stderr);
}

CountLine::~CountLine() {
  if (drawn_) fmt::print(stderr, "{}", kClearLine);
}

void CountLine::show(size_t done, size_t wanted) {
  const size_t percent = done * 100 / wanted;
  if (!shown_ || (drawn_ && percent == percent_)) return;
  percent_ = percent;
  drawn_ = true;
  fmt::print(stderr, "{}preparing: {} of {} {}", kClearLine, done, wanted, what_);
  std::fflush(stderr);
}

}  // namespace signet::load
