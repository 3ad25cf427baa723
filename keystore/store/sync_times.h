// SyncTimes: how long the last 256 durable writes took. Any thread.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <mutex>

namespace signet::store {

class SyncTimes {
 public:
  void add(double ms) {
    const std::lock_guard lock(mutex_);
    times_ms_[count_++ % times_ms_.size()] = ms;
  }

  struct Summary {
    double median_ms = 0;
    double max_ms = 0;
  };
  Summary summary() const {
    std::array<double, 256> sorted;
    size_t size = 0;
    {
      const std::lock_guard lock(mutex_);
      size = std::min(count_, times_ms_.size());
      sorted = times_ms_;
    }
    if (size == 0) return {};
    std::sort(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(size));
    return {sorted[size / 2], sorted[size - 1]};
  }

 private:
  mutable std::mutex mutex_;
  std::array<double, 256> times_ms_{};
  size_t count_ = 0;
};

}  // namespace signet::store
