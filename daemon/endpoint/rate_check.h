// Rate limits on the request path. Each check gives nothing, or the 429 to answer, which it has counted and logged
// (sampled). A limit that is off costs one branch; one that is on, a hash and a cache line. Loop thread only; no
// allocation.
//
// 429 (RFC 6585 section 4) carries `temporarily_unavailable`: no registered code is made for it, and this one says what
// a client should do. `slow_down` (RFC 8628 3.5) is an answer to polling for a device's grant and tells that client to
// lengthen its interval for good.
#pragma once

#include <expected>

#include "daemon/endpoint/reply.h"
#include "keystore/clients/client.h"

namespace signet {

// Whether a check takes its token, or only looks whether there is one: a request that is checked at its head and again
// with its body pays once.
enum class Toll : uint8_t { kTake, kLook };

// admit_address: requests of one peer address (Request::peer_network); every endpoint may ask it first. Peers without a
// network (unix sockets, trusted proxies) always pass.
std::expected<void, ErrorReply> admit_address(WorkerScope& scope, const http::Request& request,
                                              Toll toll = Toll::kTake);

// admit_attempt: before credentials are looked at, whether this address may try any. note_failed_attempt: it tried
// wrong ones. The account that was tried is no part of it, so that nobody can lock another out by failing in its name.
std::expected<void, ErrorReply> admit_attempt(WorkerScope& scope, const http::Request& request);
void note_failed_attempt(WorkerScope& scope, const http::Request& request);

// admit_client: requests of one authenticated client, from wherever, and those of all clients of its tenant, when the
// tenant has a rate of its own. One that is refused takes a token of neither.
std::expected<void, ErrorReply> admit_client(WorkerScope& scope, const http::Request& request,
                                             const ClientRecord& client, Toll toll = Toll::kTake);

}  // namespace signet
