// errand: a handler asks the store for something and answers when it comes back, in a later iteration of its loop.
#pragma once

#include <atomic>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/dialect/dialect_call.h"
#include "daemon/dialect/dialect_service.h"
#include "daemon/endpoint/mailbox.h"
#include "keystore/store/store.h"

namespace signet {

template <typename T>
class Errand final : public Mail {
 public:
  using Then = std::function<void(DialectCall&, std::expected<T, StoreError>)>;

  using Gone = std::function<void(WorkerScope&, const std::expected<T, StoreError>&)>;

  Errand(DialectCall& call, Then then, Gone gone)
      : service_(call.service),
        scope_(call.scope),
        home_(call.scope.mailbox),
        place_(call.place()),
        then_(std::move(then)),
        gone_(std::move(gone)) {
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
    const bool there = service_.answer_later(place_, [this](DialectCall& call) { then_(call, std::move(*result_)); });
    if (!there && gone_) gone_(scope_, *result_);
  }

 private:
  DialectService& service_;
  WorkerScope& scope_;
  Mailbox& home_;
  const DialectPlace place_;
  const Then then_;
  const Gone gone_;
  std::optional<std::expected<T, StoreError>> result_;
};

// The completion to hand to the store, which calls it once. `then` is called on the loop, unless the peer is gone by
// then: with keys and clients to be looked up again, and with a call that has the tenant but no parameters. Whatever it
// captures must be copies. `gone` is called in its place when the peer is gone: what has to be undone then.
template <typename T>
StoreDone<T> errand(DialectCall& call, typename Errand<T>::Then then, typename Errand<T>::Gone gone = {}) {
  // Owned by itself until its mail is delivered or abandoned.
  auto* one = new Errand<T>(call, std::move(then), std::move(gone));
  return [one](std::expected<T, StoreError> result) { one->completed(std::move(result)); };
}

// Who changes something is a client of the dialect, not a process on this machine.
inline AuditActor dialect_actor(std::string_view dialect, std::string_view client_id) {
  constexpr uint32_t kNobody = UINT32_MAX;
  return {.uid = kNobody, .pid = 0, .via = std::string(dialect) + ":" + std::string(client_id)};
}

// What a failed change reads like: busy and unavailable are 503, everything else is the caller's to say.
inline bool refused_for_now(DialectAnswers& call, const StoreError& error) {
  const bool for_now = error.kind == StoreErrorKind::kBusy || error.kind == StoreErrorKind::kUnavailable;
  if (for_now) call.refuse_for_a_while(DialectCondition::kUnavailable, 1);
  return for_now;
}

// The same, with what everything else reads like.
inline void refuse_failed(DialectAnswers& call, const StoreError& error, DialectCondition otherwise) {
  if (!refused_for_now(call, error)) call.refuse(otherwise);
}

}  // namespace signet
