#include "keystore/store/family_rows.h"
#include "keystore/store/operations/family_end.h"
#include "keystore/store/operations/operations.h"
#include "keystore/store/transaction.h"

namespace signet::store {
namespace {

class RevokeFamily : public OperationFor<RevocationOutcome> {
 public:
  RevokeFamily(AuditActor actor, uint32_t tenant, const FamilyId& id, std::string client_id,
               StoreDone<RevocationOutcome> done)
      : OperationFor(std::move(done)),
        actor_(std::move(actor)),
        tenant_(tenant),
        id_(id),
        client_id_(std::move(client_id)) {}

  Outcome check_and_apply(Transaction& transaction) override {
    const std::string key = family_key(tenant_, id_);
    const auto value = transaction.get(Family::kRefreshFamilies, key);
    if (!value) return refuse(StoreErrorKind::kNotFound, "there is no such family");
    RefreshFamily family;
    if (!decode_family(key, *value, family)) {
      transaction.damaged(Family::kRefreshFamilies, key);
      return refuse(StoreErrorKind::kUnavailable, "the family's record cannot be read");
    }
    if (family.client_id != client_id_) return refuse(StoreErrorKind::kInvalid, "the family is another client's");
    result_.kind = RevocationKind::kFamily;
    if (family.status != FamilyStatus::kLive) return {};
    const RevocationRow row = end_family(transaction, family, actor_, "family.revoke");
    result_.fresh = true;
    result_.sequence = row.sequence;
    result_.expires_at = row.revocation.expires_at;
    return {};
  }

 private:
  const AuditActor actor_;
  const uint32_t tenant_;
  const FamilyId id_;
  const std::string client_id_;
};

}  // namespace

OperationPtr revoke_family(AuditActor actor, uint32_t tenant, const FamilyId& id, std::string client_id,
                           StoreDone<RevocationOutcome> done) {
  return OperationPtr(new RevokeFamily(std::move(actor), tenant, id, std::move(client_id), std::move(done)));
}

}  // namespace signet::store
