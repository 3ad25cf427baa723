#include <fmt/format.h>

#include "keystore/store/keys.h"
#include "keystore/store/operations/operations.h"
#include "keystore/store/operations/rules.h"
#include "keystore/store/transaction.h"

namespace signet::store {
namespace {

class AddTenant : public OperationFor<TenantRow> {
 public:
  AddTenant(AuditActor actor, std::string name, StoreDone<TenantRow> done)
      : OperationFor(std::move(done)), actor_(std::move(actor)), name_(std::move(name)) {}

  Outcome check_and_apply(Transaction& transaction) override {
    if (auto checked = check_tenant_name(name_); !checked) return checked;
    if (transaction.get(Family::kTenants, tenant_name_key(name_))) {
      return refuse(StoreErrorKind::kConflict, fmt::format("tenant {} exists already", name_));
    }
    const uint32_t number = transaction.take_tenant_number();
    if (number == kNoTenant) return refuse(StoreErrorKind::kInvalid, "no tenant numbers are left");
    result_ = {.number = number, .name = name_, .created_at = transaction.now_s()};
    transaction.put(Family::kTenants, tenant_key(number), encode_tenant(result_));
    transaction.put(Family::kTenants, tenant_name_key(name_), encode_tenant_number(number));
    transaction.publish(TenantPut{result_});
    transaction.audit(
        {.actor = actor_, .tenant = number, .what = "tenant.add", .subject = name_, .after = audit_json_of(result_)});
    return {};
  }

 private:
  const AuditActor actor_;
  const std::string name_;
};

}  // namespace

OperationPtr add_tenant(AuditActor actor, std::string name, StoreDone<TenantRow> done) {
  return OperationPtr(new AddTenant(std::move(actor), std::move(name), std::move(done)));
}

}  // namespace signet::store
