#include <fmt/format.h>

#include "keystore/store/keys.h"
#include "keystore/store/operations/operations.h"
#include "keystore/store/operations/revocations.h"
#include "keystore/store/operations/rules.h"
#include "keystore/store/transaction.h"

namespace signet::store {
namespace {

class AddTenant : public OperationFor<TenantRow> {
 public:
  AddTenant(AuditActor actor, std::string name, const TenantLimits& limits, StoreDone<TenantRow> done)
      : OperationFor(std::move(done)), actor_(std::move(actor)), name_(std::move(name)), limits_(limits) {}

  Outcome check_and_apply(Transaction& transaction) override {
    if (auto checked = check_tenant_name(name_); !checked) return checked;
    if (auto checked = check_tenant_limits(limits_); !checked) return checked;
    if (transaction.get(Family::kTenants, tenant_name_key(name_))) {
      return refuse(StoreErrorKind::kConflict, fmt::format("tenant {} exists already", name_));
    }
    const uint32_t number = transaction.take_tenant_number();
    if (number == kNoTenant) return refuse(StoreErrorKind::kInvalid, "no tenant numbers are left");
    result_ = {.number = number, .name = name_, .created_at = transaction.now_s(), .limits = limits_};
    transaction.put(Family::kTenants, tenant_key(number), encode_tenant(result_));
    transaction.put(Family::kTenants, tenant_name_key(name_), encode_tenant_number(number));
    transaction.publish(TenantPut{result_});
    // Issuer and client ids may be those of an earlier one, and so may its keys, if they are imported again.
    if (transaction.get(Family::kMeta, removed_tenant_key(name_))) {
      end_all_until_now(transaction, number, RevocationKind::kTenant, {});
    }
    transaction.audit(
        {.actor = actor_, .tenant = number, .what = "tenant.add", .subject = name_, .after = audit_json_of(result_)});
    return {};
  }

 private:
  const AuditActor actor_;
  const std::string name_;
  const TenantLimits limits_;
};

}  // namespace

OperationPtr add_tenant(AuditActor actor, std::string name, const TenantLimits& limits, StoreDone<TenantRow> done) {
  return OperationPtr(new AddTenant(std::move(actor), std::move(name), limits, std::move(done)));
}

}  // namespace signet::store
