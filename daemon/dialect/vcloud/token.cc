// The token endpoint: which grant is asked for.
#include "daemon/dialect/vcloud/grants.h"
#include "daemon/dialect/vcloud/handlers.h"

namespace signet {

void vcloud_token(DialectCall& call) {
  const std::string_view grant = call.parameters.form("grant_type");
  if (grant.empty() || call.parameters.repeated()) return call.refuse(DialectCondition::kMalformedRequest);
  if (grant == "refresh_token") return vcloud_refresh(call);
  if (grant == "urn:ietf:params:oauth:grant-type:jwt-bearer") return vcloud_exchange(call);
  if (grant == "urn:ietf:params:oauth:grant-type:device_code") return vcloud_device_code(call);
  call.refuse(DialectCondition::kUnsupportedGrantType);
}

}  // namespace signet
