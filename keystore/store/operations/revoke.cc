#include <fmt/format.h>

#include <algorithm>

#include "keystore/store/operations/operations.h"
#include "keystore/store/operations/revocations.h"
#include "keystore/store/revocation_counts.h"

namespace signet::store {
namespace {

Outcome check_form(const Revocation& revocation) {
  const auto kind = static_cast<size_t>(revocation.kind);
  if (kind == 0 || kind >= kRevocationKinds) return refuse(StoreErrorKind::kInvalid, "kind: there is no such one");
  if (revocation.value.empty() != (revocation.kind == RevocationKind::kTenant)) {
    return refuse(StoreErrorKind::kInvalid, "value: every kind but a tenant has one");
  }
  if (revocation.value.size() > kRevocationValueMax) return refuse(StoreErrorKind::kInvalid, "value is too long");
  if (!is_criterion(revocation.kind) && revocation.issued_before_ms != 0) {
    return refuse(StoreErrorKind::kInvalid, "issued_before: one token or family has no such time");
  }
  return {};
}

class Revoke : public OperationFor<RevocationOutcome> {
 public:
  Revoke(AuditActor actor, Revocation revocation, StoreDone<RevocationOutcome> done)
      : OperationFor(std::move(done)), actor_(std::move(actor)), revocation_(std::move(revocation)) {}

  Outcome check_and_apply(Transaction& transaction) override {
    if (auto checked = check_form(revocation_); !checked) return checked;
    if (auto checked = complete_times(transaction); !checked) return checked;
    result_.kind = revocation_.kind;
    result_.issued_before_ms = revocation_.issued_before_ms;
    if (already_revoked(transaction, revocation_)) {
      if (is_criterion(revocation_.kind)) result_.issued_before_ms = transaction.issued_before(revocation_);
      return {};
    }
    const std::string client_id = revocation_.client_id;
    if (too_many(transaction)) take_the_whole_client(transaction);
    const RevocationRow row = put_revocation(transaction, revocation_);
    audit_revocation(transaction, actor_, row, client_id);
    result_ = {.fresh = true,
               .sequence = row.sequence,
               .kind = revocation_.kind,
               .issued_before_ms = revocation_.issued_before_ms,
               .expires_at = row.revocation.expires_at};
    return {};
  }

 private:
  Outcome complete_times(Transaction& transaction) {
    UnixSeconds issued = transaction.now_s();
    if (is_criterion(revocation_.kind)) {
      const UnixMs now = std::max(transaction.now_ms(), revocation_.arrived_ms);
      if (revocation_.issued_before_ms == 0) revocation_.issued_before_ms = now;
      if (revocation_.issued_before_ms > now) {
        return refuse(StoreErrorKind::kInvalid, "issued_before is in the future: at most now");
      }
      if (revocation_.issued_before_ms < 0) return refuse(StoreErrorKind::kInvalid, "issued_before is before 1970");
      issued = revocation_.issued_before_ms / 1000;
    }
    if (revocation_.expires_at == 0) revocation_.expires_at = issued + longest_lifetime_s(revocation_.kind);
    if (revocation_.expires_at + kRevocationMarginS < transaction.now_s()) {
      return refuse(StoreErrorKind::kInvalid, "nothing that this concerns can be alive any more");
    }
    return {};
  }

  // Counts a single entry of a client; true when there are too many of them.
  bool too_many(Transaction& transaction) {
    const bool single = revocation_.kind == RevocationKind::kToken || revocation_.kind == RevocationKind::kTokenHash;
    if (!single || revocation_.client_id.empty()) return false;
    const std::string key = revocation_counts_key(revocation_.tenant, revocation_.client_id);
    RevocationCounts counts;
    if (const auto value = transaction.get(Family::kRevocationCounts, key)) {
      auto known = RevocationCounts::decode(*value);
      if (!known) {
        transaction.damaged(Family::kRevocationCounts, key);
        return false;
      }
      counts = *std::move(known);
    }
    counts.forget_expired(transaction.safe_s());
    counts.add(revocation_.expires_at);
    if (counts.total() > Store::kSingleRevocationsMax) {
      transaction.erase(Family::kRevocationCounts, key);
      return true;
    }
    transaction.put(Family::kRevocationCounts, key, counts.encode());
    return false;
  }

  void take_the_whole_client(Transaction& transaction) {
    revocation_.kind = RevocationKind::kClient;
    revocation_.value = revocation_.client_id;
    revocation_.issued_before_ms = transaction.now_ms();
    revocation_.expires_at = transaction.now_s() + longest_lifetime_s(RevocationKind::kClient);
  }

  const AuditActor actor_;
  Revocation revocation_;
};

}  // namespace

OperationPtr revoke(AuditActor actor, Revocation revocation, StoreDone<RevocationOutcome> done) {
  return OperationPtr(new Revoke(std::move(actor), std::move(revocation), std::move(done)));
}

}  // namespace signet::store
