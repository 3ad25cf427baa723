// KeyGenerator: the thread that makes signing keys (an RSA key takes up to seconds), one after the other. One at a time
// also makes "the first of its algorithm" well defined: the next one starts when the one before is committed.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "keystore/key_purpose.h"
#include "keystore/store/store.h"

namespace signet {

class KeyGenerator {
 public:
  KeyGenerator();
  ~KeyGenerator();
  KeyGenerator(const KeyGenerator&) = delete;
  KeyGenerator& operator=(const KeyGenerator&) = delete;

  // Exactly one of the two is called: `work` on the generator's thread, where it may block, or `refused`, on this
  // thread when the queue is full, or when the generator is stopped.
  void submit(std::function<void()> work, std::function<void(StoreError)> refused);
  // stop finishes the work under way and refuses the rest. Blocks. Idempotent.
  void stop();

 private:
  struct Job {
    std::function<void()> work;
    std::function<void(StoreError)> refused;
  };
  void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  bool stopped_ = false;
  std::thread thread_;
};

// check_key_purpose: the sizes, the audience and the dialect fit the algorithm. The error is kInvalid.
std::expected<void, StoreError> check_key_purpose(const KeyPurpose& purpose);

}  // namespace signet
