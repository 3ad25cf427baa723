#include "keystore/store/operations/operations.h"
#include "keystore/store/operations/revocations.h"

namespace signet::store {
namespace {

class Revoke : public OperationFor<RevocationOutcome> {
 public:
  Revoke(AuditActor actor, Revocation revocation, StoreDone<RevocationOutcome> done)
      : OperationFor(std::move(done)), actor_(std::move(actor)), revocation_(std::move(revocation)) {}

  Outcome check_and_apply(Transaction& transaction) override {
    result_.issued_before_ms = revocation_.issued_before_ms;
    if (already_revoked(transaction, revocation_)) return {};
    const RevocationRow row = put_revocation(transaction, revocation_);
    result_.fresh = true;
    result_.sequence = row.sequence;
    return {};
  }

 private:
  const AuditActor actor_;
  const Revocation revocation_;
};

}  // namespace

OperationPtr revoke(AuditActor actor, Revocation revocation, StoreDone<RevocationOutcome> done) {
  return std::make_unique<Revoke>(std::move(actor), std::move(revocation), std::move(done));
}

}  // namespace signet::store
