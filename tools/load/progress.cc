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

}  // namespace signet::load
