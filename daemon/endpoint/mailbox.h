// Mailbox: what other threads have finished for one worker: the store's completions on their way back to the loop that
// asked. Lock-free; a mail is linked into it, not copied, so that posting allocates nothing.
//
// Invariants: a mail is in at most one mailbox at a time; mails of one thread are delivered in the order in which they
// were posted; whoever posts into an empty mailbox wakes the loop, and no other.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>

namespace signet {

class Mail {
 public:
  virtual ~Mail() = default;
  // Loop thread. The mail belongs to itself from here on: it may delete itself or go back to its owner's pool.
  virtual void deliver() = 0;
  // The loop has ended, and nobody waits for it any more. One that belongs to a pool does nothing here.
  virtual void abandon() { delete this; }

 private:
  friend class Mailbox;
  Mail* next_ = nullptr;
};

class Mailbox {
 public:
  Mailbox() = default;
  ~Mailbox();  // abandons what was not delivered
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  // Before the first post. `wake` is called from any thread and must not block (uv_async_send).
  void set_wake(std::function<void()> wake) { wake_ = std::move(wake); }

  // Any thread. Takes the mail over.
  void post(Mail* mail);
  // Loop thread, in every iteration. Gives how many were delivered.
  size_t deliver();

 private:
  Mail* take_in_order();

  std::atomic<Mail*> last_{nullptr};  // the newest; each points to the one before it
  std::function<void()> wake_;
};

}  // namespace signet
