// Published<T>: one immutable snapshot behind one raw atomic pointer. (std::atomic<std::shared_ptr> is not lock-free
// in this standard library.)
// Invariants: `load` results are valid until the reader's next QuiescentDomain::Reader::pass; `publish` has one caller
// at a time (the committer).
#pragma once

#include <atomic>
#include <memory>

#include "keystore/snapshot/quiescence.h"

namespace signet {

template <typename T>
class Published {
 public:
  explicit Published(std::unique_ptr<const T> first) : current_(first.release()) {}
  ~Published() { delete current_.load(std::memory_order_relaxed); }
  Published(const Published&) = delete;
  Published& operator=(const Published&) = delete;

  // Reader threads: wait-free.
  const T& load() const { return *current_.load(std::memory_order_acquire); }

  // Publisher thread: makes `next` visible and retires what was current, which owns about `bytes`.
  void publish(std::unique_ptr<const T> next, QuiescentDomain& domain, size_t bytes = sizeof(T)) {
    std::unique_ptr<const T> previous(current_.exchange(next.release(), std::memory_order_acq_rel));
    domain.retire(std::move(previous), bytes);
  }

 private:
  std::atomic<const T*> current_;
};

}  // namespace signet
