#include <fmt/format.h>

#include <algorithm>

#include "keystore/store/operations/key_bounds.h"
#include "keystore/store/operations/key_rows.h"
#include "keystore/store/operations/operations.h"
#include "keystore/store/operations/rules.h"
#include "keystore/store/operations/served_max_age.h"

namespace signet::store {
namespace {

class AddKey : public OperationFor<KeyRow> {
 public:
  AddKey(AuditActor actor, KeyRow key, StoreDone<KeyRow> done)
      : OperationFor(std::move(done)), actor_(std::move(actor)) {
    result_ = std::move(key);
  }

  Outcome check_and_apply(Transaction& transaction) override {
    if (auto checked = check_key(result_); !checked) return checked;
    if (!transaction.tenant_exists(result_.tenant)) return no_such_tenant(result_.tenant);
    if (find_key(transaction, result_.tenant, result_.kid)) {
      return refuse(StoreErrorKind::kConflict, fmt::format("key {} exists already", result_.kid));
    }
    if (result_.status == KeyStatus::kActive) {
      if (const auto other = active_in_place_of(transaction, result_)) {
        return refuse(StoreErrorKind::kConflict,
                      fmt::format("key {} is active for {} already", other->kid, place_text(result_)));
      }
      if (result_.activated_at == 0) result_.activated_at = transaction.now_s();
    }
    result_.terms.max_age_s = std::max(result_.terms.max_age_s, largest_served_max_age(transaction));
    lower_lifetime_to_tenants(transaction, result_);
    if (result_.created_at == 0) result_.created_at = late_now(transaction);
    change_key_row(transaction, actor_, "key.add", std::nullopt, result_);
    return {};
  }

 private:
  const AuditActor actor_;
};

}  // namespace

OperationPtr add_key(AuditActor actor, KeyRow key, StoreDone<KeyRow> done) {
  return OperationPtr(new AddKey(std::move(actor), std::move(key), std::move(done)));
}

}  // namespace signet::store
