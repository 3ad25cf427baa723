// Client authentication against the resident snapshot: credentials -> ClientRecord, or the error to answer.
#pragma once

#include <array>
#include <expected>
#include <string_view>

#include "daemon/endpoint/rate_check.h"
#include "daemon/endpoint/reply.h"
#include "keystore/clients/client.h"
#include "keystore/clients/client_directory.h"
#include "protocol/oauth/client_authentication.h"

namespace signet {

// ClientAttempt: the same as authenticate_client below in two steps, for who has something to do while the client's
// record is fetched. Loop thread, in one loop iteration; everything given is borrowed.
class ClientAttempt {
 public:
  // Reads the credentials and begins to fetch the record; says nothing of them yet.
  ClientAttempt(WorkerScope& scope, const http::Request& request, uint32_t tenant, std::string_view form_client_id,
                std::string_view form_client_secret);
  // Once.
  std::expected<const ClientRecord*, ErrorReply> finish(Toll toll);

 private:
  std::expected<const ClientRecord*, ErrorReply> check_credentials();

  WorkerScope& scope_;
  const http::Request& request_;
  const uint32_t tenant_;
  std::array<char, kBasicScratchSize> scratch_;  // not initialised
  std::expected<ClientCredentials, ClientAuthError> credentials_;
  ClientDirectory::Search search_{};
};

// Whose secret was presented, if anybody's: the client, or null, and the number of its secret that matched, or -1.
struct SecretCheck {
  const ClientRecord* client = nullptr;
  int secret = -1;
};

// check_secret ends the `search` for a client and checks its secret. An unknown client costs the same work as a wrong
// secret. note_secret_use notes that one was used, once it is known that it counts. Loop thread; neither allocates.
SecretCheck check_secret(const WorkerScope& scope, ClientDirectory::Search search, uint32_t tenant,
                         std::string_view client_id, std::string_view secret);
void note_secret_use(WorkerScope& scope, const ClientRecord& client, int secret);

// authenticate_client combines the Authorization header and the form's fields (data() == nullptr when absent), finds
// the client in `tenant` and checks its secret. An unknown client costs the same work as a wrong secret and is answered
// with the same bytes. Counts and logs failures (sampled, never a secret). The record is valid in this loop iteration.
// The rate limits come with it (rate_check.h): an address that has spent its failures is answered 429 before any secret
// is checked, and the request takes its tokens of the address's and the client's bucket. Loop thread; does not allocate
// on success.
std::expected<const ClientRecord*, ErrorReply> authenticate_client(WorkerScope& scope, const http::Request& request,
                                                                   uint32_t tenant, std::string_view form_client_id,
                                                                   std::string_view form_client_secret);

// authenticate_head is authenticate_client for http::Handler::on_head, where there is no form yet and on_request asks
// again: it refuses what authenticate_client would, and takes no token from the buckets of address and client.
std::expected<const ClientRecord*, ErrorReply> authenticate_head(WorkerScope& scope, const http::Request& request,
                                                                 uint32_t tenant);

}  // namespace signet
