// Rows of keys, for the operations that change them.
#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <string_view>

#include "keystore/store/transaction.h"

namespace signet::store {

// late_now: the wall clock or the safe time, whichever is later: what waits from now on must not begin in the past
// while the clock is behind.
inline UnixSeconds late_now(const Transaction& transaction) {
  return std::max(transaction.now_s(), transaction.safe_s());
}

// find_key: nothing when the tenant has none of that kid, and after damage.
std::optional<KeyRow> find_key(Transaction& transaction, uint32_t tenant, std::string_view kid);
// change_key_row gives the key its next revision, writes, publishes and audits it as `what`. `key` has changed from
// `before`, which is nothing for a new key; `overridden` names the rule that the step did not meet.
void change_key_row(Transaction& transaction, const AuditActor& actor, std::string_view what,
                    const std::optional<KeyRow>& before, KeyRow& key, std::string_view overridden = {});
// Whether two keys sign the same: of one tenant, and of one dialect, or of one algorithm and audience.
bool same_place(const KeyRow& a, const KeyRow& b);
// The active key in the place of `key`; may be `key` itself.
std::optional<KeyRow> active_in_place_of(Transaction& transaction, const KeyRow& key);
// for_each_key visits the keys whose row begins with `prefix`; false from `visit` ends it.
void for_each_key(Transaction& transaction, std::string_view prefix, const std::function<bool(KeyRow&)>& visit);
// "EdDSA", "HS256 for urn:rs", "dialect vietqr".
std::string place_text(const KeyRow& key);

}  // namespace signet::store
