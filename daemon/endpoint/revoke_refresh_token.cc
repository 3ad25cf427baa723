#include "daemon/endpoint/revoke_refresh_token.h"

namespace signet {

// This version issues no refresh tokens: whatever is presented as one is not one of ours.
bool revoke_refresh_token(Keystore&, const TenantKeys&, std::string_view, std::string_view,
                          const StoreDone<RevocationOutcome>&) {
  return false;
}

}  // namespace signet
