#include <fmt/format.h>

#include "keystore/store/keys.h"
#include "keystore/store/operations/operations.h"
#include "keystore/store/transaction.h"

namespace signet::store {
namespace {

class AcceptClock : public OperationFor<void> {
 public:
  AcceptClock(AuditActor actor, StoreDone<void> done) : OperationFor(std::move(done)), actor_(std::move(actor)) {}

  Outcome check_and_apply(Transaction& transaction) override {
    const PersistedTime before = transaction.state().time;
    transaction.accept_clock();
    transaction.audit({.actor = actor_,
                       .tenant = kNoTenant,
                       .what = "clock.accept",
                       .subject = {},
                       .before = json(before),
                       .after = json(transaction.state().time)});
    return {};
  }

 private:
  static std::string json(const PersistedTime& time) {
    return fmt::format(R"({{"wall_ms":{},"safe_ms":{}}})", time.wall_ms, time.safe_ms);
  }

  const AuditActor actor_;
};

}  // namespace

OperationPtr accept_clock(AuditActor actor, StoreDone<void> done) {
  return OperationPtr(new AcceptClock(std::move(actor), std::move(done)));
}

}  // namespace signet::store
