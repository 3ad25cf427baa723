// Published documents: JWKS (RFC 7517) and authorization server metadata (RFC 8414), with ETag and max-age.
#pragma once

#include "daemon/endpoint/worker_scope.h"
#include "keystore/keys/key_set.h"

namespace signet {

// Loop thread; do not allocate.
void serve_jwks(WorkerScope& scope, const http::Request& request, http::Responder& out, const TenantKeys& tenant);
void serve_metadata(WorkerScope& scope, const http::Request& request, http::Responder& out, const TenantKeys& tenant);

}  // namespace signet
