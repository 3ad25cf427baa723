#include "keystore/store/operations/key_rows.h"

#include <fmt/format.h>

#include "keystore/store/keys.h"

namespace signet::store {

std::optional<KeyRow> find_key(Transaction& transaction, uint32_t tenant, std::string_view kid) {
  const std::string key = signing_key_key(tenant, kid);
  const auto value = transaction.get(Family::kKeys, key);
  if (!value) return std::nullopt;
  auto row = decode_key(key, *value);
  if (!row) transaction.damaged(Family::kKeys, key);
  return row;
}

void change_key_row(Transaction& transaction, const AuditActor& actor, std::string_view what,
                    const std::optional<KeyRow>& before, KeyRow& key, std::string_view overridden) {
  key.revision = transaction.next_revision();
  transaction.put(Family::kKeys, signing_key_key(key.tenant, key.kid), encode_key(key));
  transaction.publish(KeyPut{key});
  transaction.audit({.actor = actor,
                     .tenant = key.tenant,
                     .what = what,
                     .subject = key.kid,
                     .before = before ? audit_json_of(*before) : std::string(),
                     .after = audit_json_of(key, overridden)});
}

bool same_place(const KeyRow& a, const KeyRow& b) {
  if (a.tenant != b.tenant || a.dialect != b.dialect) return false;
  return !a.dialect.empty() || (a.algorithm == b.algorithm && a.audience == b.audience);
}

std::optional<KeyRow> active_in_place_of(Transaction& transaction, const KeyRow& key) {
  std::optional<KeyRow> active;
  for_each_key(transaction, tenant_prefix(key.tenant), [&](KeyRow& row) {
    if (row.status == KeyStatus::kActive && same_place(row, key)) active = std::move(row);
    return !active;
  });
  return active;
}

void for_each_key(Transaction& transaction, std::string_view prefix, const std::function<bool(KeyRow&)>& visit) {
  transaction.scan(Family::kKeys, prefix, [&](auto key, auto value) {
    auto row = decode_key(key, value);
    if (row) return visit(*row);
    transaction.damaged(Family::kKeys, key);
    return false;
  });
}

std::string place_text(const KeyRow& key) {
  if (!key.dialect.empty()) return fmt::format("dialect {}", key.dialect);
  if (key.audience.empty()) return std::string(jws_algorithm_name(key.algorithm));
  return fmt::format("{} for {}", jws_algorithm_name(key.algorithm), key.audience);
}

}  // namespace signet::store
