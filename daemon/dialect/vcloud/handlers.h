// vCloud Director's endpoints that are more than a credential and a token.
#pragma once

#include "daemon/dialect/dialect_call.h"

namespace signet {

void vcloud_token(DialectCall& call);                 // POST /oauth/.../token, by grant_type
void vcloud_register(DialectCall& call);              // POST /oauth/.../register
void vcloud_device_authorization(DialectCall& call);  // POST /oauth/.../device_authorization
void vcloud_device_grant(DialectCall& call);          // POST /cloudapi/1.0.0/deviceLookup/grant
void vcloud_tokens(DialectCall& call);                // GET  /cloudapi/1.0.0/tokens
void vcloud_token_show(DialectCall& call);            // GET  /cloudapi/1.0.0/tokens/{urn}
void vcloud_token_delete(DialectCall& call);          // DELETE likewise
void vcloud_accounts(DialectCall& call);              // GET  /cloudapi/1.0.0/serviceAccounts
void vcloud_account_show(DialectCall& call);          // GET  /cloudapi/1.0.0/serviceAccounts/{urn}
void vcloud_account_update(DialectCall& call);        // PUT  likewise
void vcloud_account_delete(DialectCall& call);        // DELETE likewise
void vcloud_account_revoke(DialectCall& call);        // POST /cloudapi/1.0.0/serviceAccounts/{urn}/revoke
void vcloud_org(DialectCall& call);                   // GET  /api/org/{id}
void vcloud_log_out(DialectCall& call);               // DELETE of a session

}  // namespace signet
