// What waits for the pool or the store while its request is put aside. Loop thread, but for the completions.
#pragma once

#include <atomic>
#include <memory>

#include "daemon/dialect/parked_request.h"
#include "daemon/dialect/password_pool.h"
#include "keystore/grants/api_token_request.h"

namespace signet {

class WaitingPassword;
class WaitingKey;

// Whom results go to. Loop thread.
class WaitingSink {
 public:
  virtual void password_checked(std::unique_ptr<WaitingPassword> waiting) = 0;
  virtual void key_redeemed(std::unique_ptr<WaitingKey> waiting) = 0;

 protected:
  ~WaitingSink() = default;
};

class WaitingPassword final : public PasswordJob {
 public:
  WaitingPassword(Mailbox& home, WaitingSink& sink, std::atomic<size_t>& elsewhere)
      : PasswordJob(home, elsewhere), sink_(sink) {}

  void deliver() override { sink_.password_checked(std::unique_ptr<WaitingPassword>(this)); }

  ParkedRequest request;
  SecretBytes other_password;  // to be tried next; empty = none

 private:
  WaitingSink& sink_;
};

class WaitingKey final : public ApiTokenRequest, public Mail {
 public:
  // `elsewhere` as for PasswordJob: of those that the store has.
  WaitingKey(Mailbox& home, WaitingSink& sink, std::atomic<size_t>& elsewhere)
      : home_(home), sink_(sink), elsewhere_(elsewhere) {}

  // The request may be gone as soon as it is posted.
  void completed() override {
    std::atomic<size_t>& elsewhere = elsewhere_;
    home_.post(this);
    elsewhere.fetch_sub(1, std::memory_order_release);
  }
  void deliver() override { sink_.key_redeemed(std::unique_ptr<WaitingKey>(this)); }

  ParkedRequest request;
  uint64_t erasures = 0;  // of the index, before the store was asked

 private:
  Mailbox& home_;
  WaitingSink& sink_;
  std::atomic<size_t>& elsewhere_;
};

}  // namespace signet
