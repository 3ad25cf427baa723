#include <fmt/format.h>

#include "keystore/store/dialect_record_rows.h"
#include "keystore/store/keys.h"
#include "keystore/store/operations/api_token_end.h"
#include "keystore/store/operations/import_row.h"
#include "keystore/store/operations/operations.h"
#include "keystore/store/operations/revocations.h"
#include "keystore/store/operations/rules.h"
#include "keystore/store/transaction.h"

namespace signet::store {
namespace {

class RemoveTenant : public OperationFor<void> {
 public:
  RemoveTenant(AuditActor actor, std::string name, bool force, StoreDone<void> done)
      : OperationFor(std::move(done)), actor_(std::move(actor)), name_(std::move(name)), force_(force) {}

  Outcome check_and_apply(Transaction& transaction) override {
    const auto tenant = transaction.tenant_by_name(name_);
    if (!tenant) return refuse(StoreErrorKind::kNotFound, fmt::format("there is no tenant {}", name_));
    if (tenant->number == 0) return refuse(StoreErrorKind::kInvalid, "the default tenant cannot be removed");
    if (!force_) {
      if (auto checked = check_empty(transaction, tenant->number); !checked) return checked;
    }
    if (auto checked = check_no_objects(transaction, tenant->number); !checked) return checked;
    const std::string prefix = tenant_prefix(tenant->number);
    transaction.scan(Family::kClients, prefix, [&](auto key, auto) {
      transaction.publish(ClientRemoved{tenant->number, std::string(key_rest(key))});
      return true;
    });
    for (const Family family :
         {Family::kClients, Family::kLastUsed, Family::kKeys, Family::kRevocationCounts, Family::kDialectRecords}) {
      transaction.scan(family, prefix, [&](auto key, auto) {
        transaction.erase(family, key);
        return true;
      });
    }
    end_api_tokens_of_tenant(transaction, tenant->number);
    forget_imports(transaction, tenant->number);
    transaction.erase(Family::kTenants, tenant_key(tenant->number));
    transaction.erase(Family::kTenants, tenant_name_key(name_));
    // So that one of the same name begins with what this one was given dead.
    transaction.put(Family::kMeta, removed_tenant_key(name_), encode_tenant_number(tenant->number));
    transaction.client_counts().forget(tenant->number);
    end_all_until_now(transaction, tenant->number, RevocationKind::kTenant, {});
    transaction.publish(TenantRemoved{tenant->number});
    transaction.audit({.actor = actor_,
                       .tenant = tenant->number,
                       .what = "tenant.remove",
                       .subject = name_,
                       .before = audit_json_of(*tenant)});
    return {};
  }

 private:
  static Outcome check_empty(Transaction& transaction, uint32_t number) {
    const std::string prefix = tenant_prefix(number);
    bool has_clients = false;
    transaction.scan(Family::kClients, prefix, [&](auto, auto) {
      has_clients = true;
      return false;
    });
    if (has_clients) return refuse(StoreErrorKind::kConflict, "the tenant has clients: remove them first, or force");
    bool has_keys = false;
    transaction.scan(Family::kKeys, prefix, [&](auto key, auto value) {
      const auto row = decode_key(key, value);
      if (!row) transaction.damaged(Family::kKeys, key);
      has_keys = !row || row->status < KeyStatus::kRetired;
      return !has_keys;
    });
    if (has_keys) return refuse(StoreErrorKind::kConflict, "the tenant has keys that are not retired");
    return check_no_records(transaction, number);
  }

  // With the row went the only thing that knows which object is to be destroyed.
  static Outcome check_no_objects(Transaction& transaction, uint32_t number) {
    std::string kid;
    transaction.scan(Family::kKeys, tenant_prefix(number), [&](auto key, auto value) {
      const auto row = decode_key(key, value);
      if (!row) transaction.damaged(Family::kKeys, key);
      if (row && !row->sealed_location.empty()) kid = row->kid;
      return kid.empty();
    });
    if (kid.empty()) return {};
    return refuse(StoreErrorKind::kConflict,
                  fmt::format("key {} has an object in a PKCS#11 token: stop it with signetctl key retire, so that the "
                              "object is destroyed, and remove the tenant then",
                              kid));
  }

  static Outcome check_no_records(Transaction& transaction, uint32_t number) {
    bool has_records = false;
    transaction.scan(Family::kDialectRecords, tenant_prefix(number), [&](auto key, auto value) {
      const auto record = decode_dialect_record(key, value);
      if (!record) transaction.damaged(Family::kDialectRecords, key);
      has_records = !record || !dialect_record_over(*record, transaction.now_s());
      return !has_records;
    });
    if (has_records) {
      return refuse(StoreErrorKind::kConflict, "the tenant has records of dialects: remove them first, or force");
    }
    return {};
  }

  const AuditActor actor_;
  const std::string name_;
  const bool force_;
};

}  // namespace

OperationPtr remove_tenant(AuditActor actor, std::string name, bool force, StoreDone<void> done) {
  return OperationPtr(new RemoveTenant(std::move(actor), std::move(name), force, std::move(done)));
}

}  // namespace signet::store
