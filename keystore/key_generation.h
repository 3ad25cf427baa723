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

struct KeyWish {
  AuditActor actor;
  uint32_t tenant = 0;
  KeyPurpose purpose;
};

class KeyGenerator {
 public:
  using Made = std::expected<KeyRow, StoreError>;
  // `make` runs on the generator's thread and may block.
  explicit KeyGenerator(std::function<Made(const KeyWish&)> make);
  ~KeyGenerator();
  KeyGenerator(const KeyGenerator&) = delete;
  KeyGenerator& operator=(const KeyGenerator&) = delete;

  // `done` is called on the generator's thread, or on this one when the queue is full or the generator stopped.
  void submit(KeyWish wish, StoreDone<KeyRow> done);
  // stop finishes the key under way and refuses the others. Blocks. Idempotent.
  void stop();

 private:
  struct Job {
    KeyWish wish;
    StoreDone<KeyRow> done;
  };
  void run();

  const std::function<Made(const KeyWish&)> make_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  bool stopped_ = false;
  std::thread thread_;
};

// check_key_purpose: the sizes, the audience and the dialect fit the algorithm. The error is kInvalid.
std::expected<void, StoreError> check_key_purpose(const KeyPurpose& purpose);

}  // namespace signet
