// What the files of the client resource share.
#pragma once

#include "daemon/admin/client_fields.h"
#include "daemon/admin/service.h"

namespace signet {

// The client that the request's path names. Null when there is none, and then answered. Valid until the loop's next
// quiescent pass.
const ClientRecord* client_of(AdminService& admin, const AdminRequest& request);

// change_client applies `update` and answers with the client, and with `client_secret` when not empty.
void change_client(AdminService& admin, const AdminRequest& request, const ClientRecord& client, ClientUpdate update,
                   std::string client_secret = {});

// ttl_fault: whether the lifetime that is asked for is longer than the tenant allows; empty when it is not.
std::string ttl_fault(AdminService& admin, const TenantKeys& tenant, const ClientFields& fields);

// Now, of the wall clock.
UnixSeconds unix_now();

}  // namespace signet
