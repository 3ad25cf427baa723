#include <fmt/format.h>

#include "keystore/store/family_rows.h"
#include "keystore/store/grant_ranges.h"
#include "keystore/store/operations/grant_rules.h"
#include "keystore/store/operations/operations.h"
#include "keystore/store/operations/rules.h"
#include "keystore/store/transaction.h"

namespace signet::store {
namespace {

Outcome check_family(const RefreshFamily& family) {
  if (auto checked = check_grant_subject(family.subject); !checked) return checked;
  if (auto checked = check_grant_scope(family.scope); !checked) return checked;
  if (auto checked = check_grant_audiences(family.audiences, 1); !checked) return checked;
  if (family.cnf.size() > kFamilyCnfSizeMax) return refuse(StoreErrorKind::kInvalid, "the confirmation is too large");
  if (family.rotation.sequence != 1 || family.rotation.key_version == 0) {
    return refuse(StoreErrorKind::kInvalid, "a family begins with its first token");
  }
  if (family.idle_expires_at > family.absolute_expires_at || family.absolute_expires_at <= family.created_ms / 1000) {
    return refuse(StoreErrorKind::kInvalid, "a family expires after its creation, idle no later than absolute");
  }
  return {};
}

Outcome check_client_of(const Client& client, const RefreshFamily& family) {
  if ((client.grants & kGrantRefreshToken) == 0) {
    return refuse(StoreErrorKind::kInvalid, fmt::format("client {} has not the grant refresh_token", client.client_id));
  }
  return check_grant_client(client, family.scope);
}

class CreateFamily : public OperationFor<RefreshFamily> {
 public:
  CreateFamily(std::optional<AuditActor> actor, RefreshFamily family, StoreDone<RefreshFamily> done)
      : OperationFor(std::move(done)), actor_(std::move(actor)) {
    result_ = std::move(family);
  }

  Outcome check_and_apply(Transaction& transaction) override {
    const RefreshFamily& family = result_;
    if (auto checked = check_family(family); !checked) return checked;
    const auto client = transaction.client(family.tenant, family.client_id);
    if (!client) return no_such_client(family.client_id);
    if (auto checked = check_client_of(*client, family); !checked) return checked;
    const std::string key = family_key(family.tenant, family.id);
    if (transaction.get(Family::kRefreshFamilies, key)) {
      return refuse(StoreErrorKind::kConflict, "the family exists already");
    }
    transaction.put(Family::kRefreshFamilies, key, encode_family(family));
    for (const std::string& name_key : grant_name_keys(kFamilyRows, family)) {
      transaction.put(Family::kFamilyNames, name_key, encode_family_name(family.absolute_expires_at));
    }
    if (actor_) {
      transaction.audit({.actor = *actor_,
                         .tenant = family.tenant,
                         .what = "family.create",
                         .subject = family_name_of(family.id).text(),
                         .after = audit_json_of(family)});
    }
    return {};
  }

 private:
  const std::optional<AuditActor> actor_;
};

}  // namespace

OperationPtr create_family(std::optional<AuditActor> actor, RefreshFamily family, StoreDone<RefreshFamily> done) {
  return OperationPtr(new CreateFamily(std::move(actor), std::move(family), std::move(done)));
}

}  // namespace signet::store
