// The order argument is in quiescence.h; the labels P1..Q2 below refer to it.
#include "keystore/snapshot/quiescence.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <limits>
#include <mutex>
#include <utility>
#include <vector>

#include "protocol/base/check.h"

namespace signet {

struct QuiescentDomain::Implementation {
  struct Retired {
    uint64_t epoch;
    size_t bytes;
    std::function<void()> action;
  };

  mutable std::mutex mutex;
  std::condition_variable_any retired_changed;  // something was retired
  std::condition_variable freed;                // something ran
  std::vector<std::unique_ptr<Reader>> readers;
  std::deque<Retired> retired;  // epochs ascending
  Backlog backlog;              // retired, and taken by a poll that has not finished

  // The oldest epoch that some reader may still be in. Under the mutex.
  uint64_t passed_by_all() const {
    uint64_t oldest = std::numeric_limits<uint64_t>::max();
    for (const auto& reader : readers) {
      oldest = std::min(oldest, reader->seen_.load(std::memory_order_acquire));  // Q1
    }
    return oldest;
  }

  bool room(const Backlog& most) const { return backlog.actions < most.actions && backlog.bytes < most.bytes; }
};

QuiescentDomain::Reader::Reader(QuiescentDomain& domain, Wake wake)
    : domain_(domain), wake_(std::move(wake)), seen_(domain.epoch_.load(std::memory_order_relaxed)) {}

void QuiescentDomain::Reader::pass() noexcept {
  const uint64_t epoch = domain_.epoch_.load(std::memory_order_acquire);  // R1
  seen_.store(epoch, std::memory_order_release);                          // R2
}

QuiescentDomain::QuiescentDomain() : implementation_(std::make_unique<Implementation>()) {}

QuiescentDomain::~QuiescentDomain() {
  SIGNET_CHECK(implementation_->readers.empty());
  while (poll() != 0) {
  }
}

QuiescentDomain::Reader* QuiescentDomain::register_reader(Wake wake) {
  const std::lock_guard lock(implementation_->mutex);
  // Under the mutex, so that the epoch cannot rise between reading it and being seen by the next after_grace.
  implementation_->readers.push_back(std::unique_ptr<Reader>(new Reader(*this, std::move(wake))));
  return implementation_->readers.back().get();
}

void QuiescentDomain::unregister_reader(Reader* reader) {
  std::unique_ptr<Reader> gone;
  const std::lock_guard lock(implementation_->mutex);
  auto& readers = implementation_->readers;
  const auto found = std::find_if(readers.begin(), readers.end(), [&](const auto& r) { return r.get() == reader; });
  SIGNET_CHECK(found != readers.end());
  gone = std::move(*found);
  readers.erase(found);
}

void QuiescentDomain::after_grace(std::function<void()> action, size_t bytes) {
  {
    const std::lock_guard lock(implementation_->mutex);
    if (!implementation_->readers.empty()) {
      const uint64_t epoch = epoch_.fetch_add(1, std::memory_order_acq_rel) + 1;  // P2
      implementation_->retired.push_back({epoch, bytes, std::move(action)});
      ++implementation_->backlog.actions;
      implementation_->backlog.bytes += bytes;
      for (const auto& reader : implementation_->readers) {
        if (reader->wake_) reader->wake_();
      }
      implementation_->retired_changed.notify_one();
      return;
    }
  }
  action();
}

size_t QuiescentDomain::poll() {
  std::vector<std::function<void()>> due;
  size_t bytes = 0;
  {
    const std::lock_guard lock(implementation_->mutex);
    auto& retired = implementation_->retired;
    const uint64_t passed = implementation_->passed_by_all();
    while (!retired.empty() && retired.front().epoch <= passed) {
      bytes += retired.front().bytes;
      due.push_back(std::move(retired.front().action));
      retired.pop_front();
    }
  }
  if (due.empty()) return 0;
  const size_t count = due.size();
  for (auto& action : due) {
    action();  // Q2, without the lock: an action may publish and retire again
    action = nullptr;
  }
  const std::lock_guard lock(implementation_->mutex);
  implementation_->backlog.actions -= count;
  implementation_->backlog.bytes -= bytes;
  implementation_->freed.notify_all();
  return count;
}

bool QuiescentDomain::wait_for_room(Backlog most, std::chrono::milliseconds timeout) {
  std::unique_lock lock(implementation_->mutex);
  return implementation_->freed.wait_for(lock, timeout, [&] { return implementation_->room(most); });
}

bool QuiescentDomain::wait_for_retired(const std::stop_token& stop) {
  std::unique_lock lock(implementation_->mutex);
  return implementation_->retired_changed.wait(lock, stop, [&] { return !implementation_->retired.empty(); }) &&
         !stop.stop_requested();
}

QuiescentDomain::Backlog QuiescentDomain::backlog() const {
  const std::lock_guard lock(implementation_->mutex);
  return implementation_->backlog;
}

}  // namespace signet
