#include "keystore/store/operations/family_end.h"

#include "keystore/store/family_rows.h"
#include "keystore/store/operations/revocations.h"
#include "protocol/jwt/access_token.h"

namespace signet::store {
namespace {

// How long the entry of a family that ended stays in the index: its row refuses every refresh, so the entry concerns
// access tokens that name it. An hour more than the longest lifetime, for clocks that differ.
constexpr UnixSeconds kAccessTokensEndS = UnixSeconds{kAccessTokenLifetimeMaxS} + 3600;

}  // namespace

RevocationRow end_family(Transaction& transaction, RefreshFamily& family, const AuditActor& actor,
                         std::string_view what) {
  std::string before = audit_json_of(family);
  family.status = FamilyStatus::kRevoked;
  transaction.put(Family::kRefreshFamilies, family_key(family.tenant, family.id), encode_family(family));
  const FamilyName name = family_name_of(family.id);
  const RevocationRow row = put_revocation(transaction, {.tenant = family.tenant,
                                                         .kind = RevocationKind::kFamily,
                                                         .value = std::string(name.text()),
                                                         .expires_at = transaction.now_s() + kAccessTokensEndS});
  transaction.audit({.actor = actor,
                     .tenant = family.tenant,
                     .what = what,
                     .subject = name.text(),
                     .before = std::move(before),
                     .after = audit_json_of(family)});
  return row;
}

}  // namespace signet::store
