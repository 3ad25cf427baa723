#include "daemon/log_sample.h"

#include <charconv>

namespace signet {

LogSample::LeftOut::LeftOut(unsigned count) {
  const auto end = std::to_chars(digits_.data(), digits_.data() + digits_.size(), count).ptr;
  size_ = static_cast<size_t>(end - digits_.data());
}

std::optional<LogSample::LeftOut> LogSample::admit() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  if (now.tv_sec != second_) {
    second_ = now.tv_sec;
    lines_ = 0;
  }
  if (lines_ == lines_max_) {
    ++left_out_;
    return std::nullopt;
  }
  ++lines_;
  const LeftOut left_out(left_out_);
  left_out_ = 0;
  return left_out;
}

}  // namespace signet
