#include "daemon/endpoint/mailbox.h"

namespace signet {

Mailbox::~Mailbox() {
  for (Mail* mail = take_in_order(); mail != nullptr;) {
    Mail* next = mail->next_;
    mail->abandon();
    mail = next;
  }
}

void Mailbox::post(Mail* mail) {
  Mail* last = last_.load(std::memory_order_relaxed);
  do {
    mail->next_ = last;
  } while (!last_.compare_exchange_weak(last, mail, std::memory_order_release, std::memory_order_relaxed));
  if (last == nullptr && wake_) wake_();
}

Mail* Mailbox::take_in_order() {
  Mail* newest = last_.exchange(nullptr, std::memory_order_acquire);
  Mail* oldest = nullptr;
  while (newest != nullptr) {
    Mail* before = newest->next_;
    newest->next_ = oldest;
    oldest = newest;
    newest = before;
  }
  return oldest;
}

size_t Mailbox::deliver() {
  if (last_.load(std::memory_order_relaxed) == nullptr) return 0;
  size_t count = 0;
  for (Mail* mail = take_in_order(); mail != nullptr; ++count) {
    Mail* next = mail->next_;
    mail->next_ = nullptr;
    mail->deliver();
    mail = next;
  }
  return count;
}

}  // namespace signet
