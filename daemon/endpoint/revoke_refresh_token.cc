#include "daemon/endpoint/revoke_refresh_token.h"

#include "protocol/base/secret_bytes.h"
#include "protocol/oauth/refresh_token.h"

namespace signet {

// Any token of the family will do, a rotated one too: its MAC shows that Signet gave it out, and who gives up one gives
// up all. A forged one dies here, before the store.
bool revoke_refresh_token(Keystore& keystore, const TenantKeys& tenant, std::string_view client_id,
                          std::string_view token, const StoreDone<RevocationOutcome>& done) {
  auto checked = keystore.family_keys().check_refresh_token(token);
  if (!checked) return false;
  wipe(checked->secret);
  keystore.store().revoke_family({.via = "revocation-endpoint"}, tenant.tenant, checked->family, std::string(client_id),
                                 done);
  return true;
}

}  // namespace signet
