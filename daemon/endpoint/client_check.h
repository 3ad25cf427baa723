// Client authentication against the resident snapshot: credentials -> ClientRecord, or the error to answer.
#pragma once

#include <expected>

#include "daemon/endpoint/reply.h"
#include "keystore/clients/client.h"
#include "protocol/oauth/client_authentication.h"

namespace signet {

// authenticate_client combines the Authorization header and the form's fields (data() == nullptr when absent), finds
// the client in `tenant` and checks its secret. An unknown client costs the same work as a wrong secret and is answered
// with the same bytes. Counts and logs failures (sampled, never a secret). The record is valid in this loop iteration.
// Loop thread; does not allocate on success.
std::expected<const ClientRecord*, ErrorReply> authenticate_client(WorkerScope& scope, const http::Request& request,
                                                                   uint32_t tenant, std::string_view form_client_id,
                                                                   std::string_view form_client_secret);

}  // namespace signet
