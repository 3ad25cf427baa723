#include <fmt/format.h>

#include "keystore/store/keys.h"
#include "keystore/store/operations/operations.h"
#include "keystore/store/operations/rules.h"
#include "keystore/store/transaction.h"

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
    const std::string key = signing_key_key(result_.tenant, result_.kid);
    if (transaction.get(Family::kKeys, key)) {
      return refuse(StoreErrorKind::kConflict, fmt::format("key {} exists already", result_.kid));
    }
    if (result_.status == KeyStatus::kActive) {
      if (auto checked = check_only_active(transaction); !checked) return checked;
      if (result_.activated_at == 0) result_.activated_at = transaction.now_s();
    }
    if (result_.created_at == 0) result_.created_at = transaction.now_s();
    result_.revision = transaction.next_revision();
    transaction.put(Family::kKeys, key, encode_key(result_));
    transaction.publish(KeyPut{result_});
    transaction.audit({.actor = actor_,
                       .tenant = result_.tenant,
                       .what = "key.add",
                       .subject = result_.kid,
                       .after = audit_json_of(result_)});
    return {};
  }

 private:
  Outcome check_only_active(Transaction& transaction) const {
    std::string other;
    transaction.scan(Family::kKeys, tenant_prefix(result_.tenant), [&](auto key, auto value) {
      const auto row = decode_key(key, value);
      if (!row) {
        transaction.damaged(Family::kKeys, key);
        return false;
      }
      if (row->status == KeyStatus::kActive && same_place(*row)) other = row->kid;
      return other.empty();
    });
    if (other.empty()) return {};
    const std::string_view place =
        result_.dialect.empty() ? jws_algorithm_name(result_.algorithm) : std::string_view(result_.dialect);
    return refuse(StoreErrorKind::kConflict, fmt::format("key {} is active for {} already", other, place));
  }

  // A dialect has one active key, of whatever algorithm.
  bool same_place(const KeyRow& row) const {
    if (row.dialect != result_.dialect) return false;
    return !row.dialect.empty() || (row.algorithm == result_.algorithm && row.audience == result_.audience);
  }

  const AuditActor actor_;
};

}  // namespace

OperationPtr add_key(AuditActor actor, KeyRow key, StoreDone<KeyRow> done) {
  return OperationPtr(new AddKey(std::move(actor), std::move(key), std::move(done)));
}

}  // namespace signet::store
