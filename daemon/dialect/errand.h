// errand: a handler asks the store for something and answers when it comes back, in a later iteration of its loop.
#pragma once

#include <atomic>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "daemon/dialect/dialect_call.h"
#include "daemon/dialect/dialect_service.h"
#include "daemon/endpoint/mailbox.h"
#include "keystore/store/store.h"

namespace signet {

template <typename T>
class Errand final : public Mail {
 public:
  using Then = std::function<void(DialectAnswers&, std::expected<T, StoreError>)>;

  Errand(DialectCall& call, Then then)
      : service_(call.service), home_(call.scope.mailbox), place_(call.place()), then_(std::move(then)) {
    service_.errands().fetch_add(1, std::memory_order_relaxed);
  }

  // The store's thread. The errand may be gone as soon as it is posted.
  void completed(std::expected<T, StoreError> result) {
    std::atomic<size_t>& errands = service_.errands();
    result_.emplace(std::move(result));
    home_.post(this);
    errands.fetch_sub(1, std::memory_order_release);
  }

  void deliver() override {
    const std::unique_ptr<Errand> self(this);
    service_.answer_later(place_, [this](DialectAnswers& answers) { then_(answers, std::move(*result_)); });
  }

 private:
  DialectService& service_;
  Mailbox& home_;
  const DialectPlace place_;
  const Then then_;
  std::optional<std::expected<T, StoreError>> result_;
};

// The completion to hand to the store, which calls it once. `then` is called on the loop, unless the peer is gone by
// then: with keys and clients to be looked up again. Whatever it captures must be copies.
template <typename T>
StoreDone<T> errand(DialectCall& call, typename Errand<T>::Then then) {
  auto* one = new Errand<T>(call, std::move(then));  // owned by itself until its mail is delivered or abandoned
  return [one](std::expected<T, StoreError> result) { one->completed(std::move(result)); };
}

// What a failed change reads like: busy and unavailable are 503, everything else is the caller's to say.
inline bool refused_for_now(DialectAnswers& call, const StoreError& error) {
  const bool for_now = error.kind == StoreErrorKind::kBusy || error.kind == StoreErrorKind::kUnavailable;
  if (for_now) call.refuse_for_a_while(DialectCondition::kUnavailable, 1);
  return for_now;
}

}  // namespace signet
