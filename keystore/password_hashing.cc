#include "keystore/password_hashing.h"

#include <utility>

namespace signet {
namespace {

std::unexpected<StoreError> refused(StoreErrorKind kind, std::string text) {
  return std::unexpected(StoreError{kind, std::move(text)});
}

std::unexpected<StoreError> shutting_down() {
  return refused(StoreErrorKind::kUnavailable, "the server is shutting down");
}

}  // namespace

PasswordHasher::PasswordHasher(const PasswordCheck& check) : check_(check), thread_([this] { run(); }) {}

PasswordHasher::~PasswordHasher() { stop(); }

void PasswordHasher::submit(std::vector<PasswordWish> wishes, StoreDone<Verifiers> done) {
  if (wishes.size() > kWishesMax) {
    return done(refused(StoreErrorKind::kInvalid, "too many passwords at once: at most 256"));
  }
  bool stopped = false;
  {
    const std::lock_guard lock(mutex_);
    stopped = stopped_;
    if (!stopped && waiting_ + wishes.size() <= kWishesMax) {
      waiting_ += wishes.size();
      jobs_.push_back({std::move(wishes), std::move(done)});
      changed_.notify_one();
      return;
    }
  }
  done(stopped ? shutting_down()
               : refused(StoreErrorKind::kBusy, "too many passwords are waiting to be hashed: try again"));
}

void PasswordHasher::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    changed_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
  for (Job& job : std::exchange(jobs_, {})) job.done(shutting_down());
}

bool PasswordHasher::stopped() {
  const std::lock_guard lock(mutex_);
  return stopped_;
}

void PasswordHasher::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopped_ || !jobs_.empty(); });
    if (stopped_) return;
    const Job job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    auto verifiers = hash(job);
    lock.lock();
    waiting_ -= job.wishes.size();  // before the answer, so that whoever is told finds room
    lock.unlock();
    job.done(std::move(verifiers));
    lock.lock();
  }
}

std::expected<PasswordHasher::Verifiers, StoreError> PasswordHasher::hash(const Job& job) {
  Verifiers verifiers;
  verifiers.reserve(job.wishes.size());
  for (const PasswordWish& wish : job.wishes) {
    if (stopped()) return shutting_down();
    const auto verifier = check_.hash(wish.tenant, wish.client_id, as_text(wish.password.expose()));
    if (!verifier) return refused(StoreErrorKind::kBusy, "there is no memory to hash a password in: try again");
    verifiers.push_back(*verifier);
  }
  return verifiers;
}

}  // namespace signet
