// StorageFailure: the way from "the disk failed", said on any thread at any time, to the end of the daemon.
#pragma once

#include <functional>
#include <mutex>
#include <string>

namespace signet {

// Thread rule: any. Only the first failure counts.
class StorageFailure {
 public:
  // Records the failure and tells whoever listens.
  void fail(const std::string& why) {
    std::function<void(const std::string&)> listener;
    {
      std::lock_guard lock(mutex_);
      if (failed_) return;
      failed_ = true;
      why_ = why;
      listener = listener_;
    }
    if (listener) listener(why);
  }

  // Called at once when it failed already. An empty one ends listening; the old one may still be running.
  void listen(const std::function<void(const std::string&)>& listener) {
    bool failed = false;
    {
      std::lock_guard lock(mutex_);
      listener_ = listener;
      failed = failed_;
    }
    if (failed && listener) listener(why_);
  }

  bool failed() {
    std::lock_guard lock(mutex_);
    return failed_;
  }

 private:
  std::mutex mutex_;
  bool failed_ = false;
  std::string why_;
  std::function<void(const std::string&)> listener_;
};

}  // namespace signet
