// InFlight: how many operations of a store are under way, so that a bulk writer fills its batches and not its queue.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "protocol/base/check.h"

namespace signet::bench {

// Any thread.
class InFlight {
 public:
  // Blocks while `kMax` are under way.
  void take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return running_ < kMax; });
    ++running_;
  }
  // A completion. A failed operation would leave a store of another size than the one measured.
  void give(bool done) {
    SIGNET_CHECK(done);
    const std::lock_guard lock(mutex_);
    // Not at every one: waking up costs more than an operation does.
    if (--running_ == kMax / 2 || running_ == 0) changed_.notify_all();
  }
  // Blocks until none is.
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return running_ == 0; });
  }

 private:
  static constexpr uint32_t kMax = 16384;
  std::mutex mutex_;
  std::condition_variable changed_;
  uint32_t running_ = 0;
};

}  // namespace signet::bench
