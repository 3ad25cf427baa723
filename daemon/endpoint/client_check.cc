#include "daemon/endpoint/client_check.h"

#include <array>

#include "daemon/endpoint/rate_check.h"
#include "daemon/failed_authentication_log.h"

namespace signet {
namespace {

ErrorReply invalid_client(bool challenge) { return {.error = OAuthError::kInvalidClient, .challenge = challenge}; }

void note_failure(WorkerScope& scope, const http::Request& request, AuthFailure reason, std::string_view client_id) {
  scope.metrics.auth_failures[static_cast<size_t>(reason)].add();
  log_failed_authentication(reason, client_id, request.peer_address);
  // Without credentials nothing was tried: a client that waits for the challenge (RFC 7617 section 2) does that each
  // time. A disabled client's right secret counts, or else the limit would tell that it was right.
  if (reason != AuthFailure::kNoCredentials) note_failed_attempt(scope, request);
}

ErrorReply unreadable(WorkerScope& scope, const http::Request& request, ClientAuthError error) {
  if (error == ClientAuthError::kTwoMethods) {
    note_failure(scope, request, AuthFailure::kTwoMethods, {});
    return {.error = OAuthError::kInvalidRequest, .description = "use one client authentication method"};
  }
  note_failure(scope, request, AuthFailure::kMalformed, {});
  return invalid_client(request.authorization.data() != nullptr);
}

std::expected<const ClientRecord*, ErrorReply> check_credentials(WorkerScope& scope, const http::Request& request,
                                                                 uint32_t tenant, std::string_view form_client_id,
                                                                 std::string_view form_client_secret) {
  if (request.repeated_authorization) {
    note_failure(scope, request, AuthFailure::kTwoMethods, {});
    return std::unexpected(
        ErrorReply{.error = OAuthError::kInvalidRequest, .description = "repeated Authorization header"});
  }
  std::array<char, kBasicScratchSize> scratch;
  const auto credentials =
      parse_client_authentication(request.authorization, form_client_id, form_client_secret, scratch);
  if (!credentials) return std::unexpected(unreadable(scope, request, credentials.error()));
  const bool basic = credentials->method == ClientAuthMethod::kClientSecretBasic;
  if (credentials->method == ClientAuthMethod::kNone) {
    note_failure(scope, request, AuthFailure::kNoCredentials, {});
    return std::unexpected(invalid_client(true));
  }
  const std::string_view client_id = credentials->client_id;
  const ClientRecord* client = scope.keystore.clients().find(tenant, client_id);
  // The unknown client costs a dummy check: same work, same answer.
  const int secret = scope.keystore.pepper().verify(client, tenant, client_id, credentials->client_secret);
  if (client == nullptr || secret < 0) {
    note_failure(scope, request, client == nullptr ? AuthFailure::kUnknownClient : AuthFailure::kWrongSecret,
                 client_id);
    return std::unexpected(invalid_client(basic));
  }
  if (client->disabled()) {
    note_failure(scope, request, AuthFailure::kDisabled, client_id);
    return std::unexpected(invalid_client(basic));
  }
  const auto minute = static_cast<uint32_t>(scope.clock() / 60'000);
  if (client->mark_used(static_cast<size_t>(secret), minute)) {
    scope.keystore.note_used(scope.worker_index, tenant, client->client_id());
  }
  return client;
}

std::expected<const ClientRecord*, ErrorReply> authenticate(WorkerScope& scope, const http::Request& request,
                                                            uint32_t tenant, std::string_view form_client_id,
                                                            std::string_view form_client_secret, Toll toll) {
  if (const auto may_try = admit_attempt(scope, request); !may_try) return std::unexpected(may_try.error());
  if (const auto admitted = admit_address(scope, request, toll); !admitted) return std::unexpected(admitted.error());
  const auto client = check_credentials(scope, request, tenant, form_client_id, form_client_secret);
  if (!client) return client;
  if (const auto admitted = admit_client(scope, request, **client, toll); !admitted) {
    return std::unexpected(admitted.error());
  }
  return client;
}

}  // namespace

std::expected<const ClientRecord*, ErrorReply> authenticate_client(WorkerScope& scope, const http::Request& request,
                                                                   uint32_t tenant, std::string_view form_client_id,
                                                                   std::string_view form_client_secret) {
  return authenticate(scope, request, tenant, form_client_id, form_client_secret, Toll::kTake);
}

std::expected<const ClientRecord*, ErrorReply> authenticate_head(WorkerScope& scope, const http::Request& request,
                                                                 uint32_t tenant) {
  return authenticate(scope, request, tenant, {}, {}, Toll::kLook);
}

}  // namespace signet
