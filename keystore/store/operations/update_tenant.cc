#include <fmt/format.h>

#include "keystore/store/keys.h"
#include "keystore/store/operations/key_bounds.h"
#include "keystore/store/operations/operations.h"
#include "keystore/store/operations/rules.h"
#include "keystore/store/transaction.h"

namespace signet::store {
namespace {

class UpdateTenant : public OperationFor<TenantRow> {
 public:
  UpdateTenant(AuditActor actor, std::string name, TenantUpdate update, KeyBounds bounds, StoreDone<TenantRow> done)
      : OperationFor(std::move(done)),
        actor_(std::move(actor)),
        name_(std::move(name)),
        update_(update),
        bounds_(bounds) {}

  Outcome check_and_apply(Transaction& transaction) override {
    const auto before = transaction.tenant_by_name(name_);
    if (!before) return refuse(StoreErrorKind::kNotFound, fmt::format("there is no tenant {}", name_));
    result_ = *before;
    result_.limits = changed_limits(before->limits, update_);
    if (auto checked = check_tenant_limits(result_.limits); !checked) return checked;
    transaction.put(Family::kTenants, tenant_key(result_.number), encode_tenant(result_));
    // Published together: no worker gives out a token whose key does not know how long it may live.
    raise_bounds(transaction, actor_, tenant_prefix(result_.number), bounds_);
    transaction.publish(TenantPut{result_});
    transaction.audit({.actor = actor_,
                       .tenant = result_.number,
                       .what = "tenant.update",
                       .subject = name_,
                       .before = audit_json_of(*before),
                       .after = audit_json_of(result_)});
    return {};
  }

 private:
  const AuditActor actor_;
  const std::string name_;
  const TenantUpdate update_;
  const KeyBounds bounds_;
};

}  // namespace

OperationPtr update_tenant(AuditActor actor, std::string name, const TenantUpdate& update, KeyBounds bounds,
                           StoreDone<TenantRow> done) {
  return OperationPtr(new UpdateTenant(std::move(actor), std::move(name), update, bounds, std::move(done)));
}

}  // namespace signet::store
