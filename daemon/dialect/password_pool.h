// PasswordPool: the threads that hash people's passwords for all workers: slow on purpose, and 64 MiB each, so that
// their number and their queue are bounded. A flood of guesses fills the queue, not the memory and not the workers.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "daemon/endpoint/mailbox.h"
#include "keystore/clients/password_check.h"
#include "protocol/base/secret_bytes.h"

namespace signet {

// One password to be checked; comes back to its worker as a mail. Loop thread, but while the pool has it.
class PasswordJob : public Mail {
 public:
  // `elsewhere` counts the jobs that the pool has, and is counted down after the mail was posted. Both outlive that.
  PasswordJob(Mailbox& home, std::atomic<size_t>& elsewhere) : home_(home), elsewhere_(elsewhere) {}

  uint32_t tenant = 0;
  std::string client_id;
  SecretBytes password;
  std::optional<PasswordVerifier> verifier;  // nothing: unknown client or one without a password; the work is the same
  PasswordVerdict verdict = PasswordVerdict::kUnavailable;

 private:
  friend class PasswordPool;
  void go_home();

  Mailbox& home_;
  std::atomic<size_t>& elsewhere_;
};

class PasswordPool {
 public:
  static constexpr size_t kQueueMax = 64;

  // `check` outlives the pool.
  explicit PasswordPool(const PasswordCheck& check, size_t threads = 1, size_t queue_max = kQueueMax);
  ~PasswordPool() { stop(); }
  PasswordPool(const PasswordPool&) = delete;
  PasswordPool& operator=(const PasswordPool&) = delete;

  // Takes the job until its mail is posted. False, and nothing taken, when the queue is full. Any thread.
  bool submit(PasswordJob& job);
  // Sends back what still waits, undecided, and joins; from then on nothing is taken. One thread.
  void stop();

 private:
  void run();

  const PasswordCheck& check_;
  const size_t queue_max_;
  std::mutex mutex_;  // never held while hashing
  std::condition_variable wake_;
  std::deque<PasswordJob*> queue_;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace signet
