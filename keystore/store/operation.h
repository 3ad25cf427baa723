// Operation: one request to the store. Made on any thread, checked and applied by the committer, completed once.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "keystore/store/store.h"

namespace signet::store {

class Transaction;
using Outcome = std::expected<void, StoreError>;

class Operation {
 public:
  virtual ~Operation() = default;
  // Committer thread. Reads and writes through `transaction` alone, which shows what earlier operations of the batch
  // did. After an error nothing of what it wrote remains. A failed read need not be looked at: the committer gives up
  // the batch then.
  virtual Outcome check_and_apply(Transaction& transaction) = 0;
  // Appends the key of a refresh family that check_and_apply is going to read: those of a commit are read together.
  // Only for speed; committer thread.
  virtual void name_family(std::vector<std::string>& /*keys*/) const {}
  // Exactly once, after the batch is durable and published, or with the error.
  virtual void complete(Outcome outcome) = 0;
  // Whether it lies in its asker's own memory: `complete` gives it back, and the store never deletes it.
  virtual bool borrowed() const { return false; }

  uint64_t ticket = 0;  // order of submission
};

// Deletes an operation, unless it is borrowed.
struct OperationEnd {
  void operator()(Operation* operation) const {
    if (!operation->borrowed()) delete operation;
  }
};
using OperationPtr = std::unique_ptr<Operation, OperationEnd>;
// complete_operation calls `complete` and lets go of the operation. A borrowed one is let go of before: its memory may
// be anything as soon as it is complete.
inline void complete_operation(OperationPtr operation, Outcome outcome) {
  if (operation->borrowed()) return operation.release()->complete(std::move(outcome));
  operation->complete(std::move(outcome));
}

// OperationFor<T> keeps the answer that check_and_apply puts into `result_` until it may be told.
template <typename T>
class OperationFor : public Operation {
 public:
  void complete(Outcome outcome) final {
    if (outcome) {
      done_(std::move(result_));
    } else {
      done_(std::unexpected(std::move(outcome.error())));
    }
  }

 protected:
  explicit OperationFor(StoreDone<T> done) : done_(std::move(done)) {}
  T result_{};

 private:
  StoreDone<T> done_;
};

template <>
class OperationFor<void> : public Operation {
 public:
  void complete(Outcome outcome) final { done_(std::move(outcome)); }

 protected:
  explicit OperationFor(StoreDone<void> done) : done_(std::move(done)) {}

 private:
  StoreDone<void> done_;
};

inline std::unexpected<StoreError> refuse(StoreErrorKind kind, std::string text) {
  return std::unexpected(StoreError{kind, std::move(text)});
}

}  // namespace signet::store
