// PasswordHasher: the thread that hashes new passwords (each takes some 200 ms and 64 MiB), one after the other. A
// thread of its own, so that an import of people does not hold up the making of keys, nor an RSA key a password.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "keystore/clients/password_check.h"
#include "keystore/store/store.h"
#include "protocol/base/secret_bytes.h"

namespace signet {

// A new password of a client. `password` is valid (valid_password).
struct PasswordWish {
  uint32_t tenant = 0;
  std::string client_id;
  SecretBytes password;
};

class PasswordHasher {
 public:
  static constexpr size_t kWishesMax = 256;  // that wait, of all who asked: about a minute of work
  using Verifiers = std::vector<PasswordVerifier>;

  // `check` is borrowed.
  explicit PasswordHasher(const PasswordCheck& check);
  ~PasswordHasher();
  PasswordHasher(const PasswordHasher&) = delete;
  PasswordHasher& operator=(const PasswordHasher&) = delete;

  // `done` gets a verifier for each wish, in their order. It is called on the hasher's thread; or on this one, with
  // kBusy when too many wait, kInvalid when there are more than kWishesMax, kUnavailable when it stopped.
  void submit(std::vector<PasswordWish> wishes, StoreDone<Verifiers> done);
  // stop finishes the password under way and refuses all that is not done. Blocks. Idempotent.
  void stop();

 private:
  struct Job {
    std::vector<PasswordWish> wishes;
    StoreDone<Verifiers> done;
  };
  void run();
  std::expected<Verifiers, StoreError> hash(const Job& job);
  bool stopped();

  const PasswordCheck& check_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  size_t waiting_ = 0;  // wishes not done yet
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace signet
