#include "daemon/endpoint/client_check.h"

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

}  // namespace

SecretCheck check_secret(const WorkerScope& scope, ClientDirectory::Search search, uint32_t tenant,
                         std::string_view client_id, std::string_view secret) {
  const ClientDirectory& clients = scope.keystore.clients();
  const Pepper& pepper = scope.keystore.pepper();
  clients.fetch(search);
  const Pepper::Presented presented = pepper.present(tenant, client_id, secret);
  const ClientRecord* client = clients.find(search, tenant, client_id);
  return {client, pepper.verify(client, presented)};  // of nobody: a check of its own, the same work
}

void note_secret_use(WorkerScope& scope, const ClientRecord& client, int secret) {
  const auto minute = static_cast<uint32_t>(scope.clock() / 60'000);
  if (client.mark_used(static_cast<size_t>(secret), minute)) {
    scope.keystore.note_used(scope.worker_index, client.tenant(), client.client_id());
  }
}

ClientAttempt::ClientAttempt(WorkerScope& scope, const http::Request& request, uint32_t tenant,
                             std::string_view form_client_id, std::string_view form_client_secret)
    : scope_(scope), request_(request), tenant_(tenant) {
  credentials_ = parse_client_authentication(request.authorization, form_client_id, form_client_secret, scratch_);
  if (credentials_) search_ = scope.keystore.clients().begin(tenant, credentials_->client_id);
}

std::expected<const ClientRecord*, ErrorReply> ClientAttempt::finish(Toll toll) {
  if (const auto may_try = admit_attempt(scope_, request_); !may_try) return std::unexpected(may_try.error());
  if (const auto admitted = admit_address(scope_, request_, toll); !admitted) return std::unexpected(admitted.error());
  const auto client = check_credentials();
  if (!client) return client;
  if (const auto admitted = admit_client(scope_, request_, **client, toll); !admitted) {
    return std::unexpected(admitted.error());
  }
  return client;
}

std::expected<const ClientRecord*, ErrorReply> ClientAttempt::check_credentials() {
  if (request_.repeated_authorization) {
    note_failure(scope_, request_, AuthFailure::kTwoMethods, {});
    return std::unexpected(
        ErrorReply{.error = OAuthError::kInvalidRequest, .description = "repeated Authorization header"});
  }
  if (!credentials_) return std::unexpected(unreadable(scope_, request_, credentials_.error()));
  const bool basic = credentials_->method == ClientAuthMethod::kClientSecretBasic;
  if (credentials_->method == ClientAuthMethod::kNone) {
    note_failure(scope_, request_, AuthFailure::kNoCredentials, {});
    return std::unexpected(invalid_client(true));
  }
  const std::string_view client_id = credentials_->client_id;
  const auto [client, secret] = check_secret(scope_, search_, tenant_, client_id, credentials_->client_secret);
  if (client == nullptr || secret < 0) {
    note_failure(scope_, request_, client == nullptr ? AuthFailure::kUnknownClient : AuthFailure::kWrongSecret,
                 client_id);
    return std::unexpected(invalid_client(basic));
  }
  if (client->disabled()) {
    note_failure(scope_, request_, AuthFailure::kDisabled, client_id);
    return std::unexpected(invalid_client(basic));
  }
  note_secret_use(scope_, *client, secret);
  return client;
}

std::expected<const ClientRecord*, ErrorReply> authenticate_client(WorkerScope& scope, const http::Request& request,
                                                                   uint32_t tenant, std::string_view form_client_id,
                                                                   std::string_view form_client_secret) {
  return ClientAttempt(scope, request, tenant, form_client_id, form_client_secret).finish(Toll::kTake);
}

std::expected<const ClientRecord*, ErrorReply> authenticate_head(WorkerScope& scope, const http::Request& request,
                                                                 uint32_t tenant) {
  return ClientAttempt(scope, request, tenant, {}, {}).finish(Toll::kLook);
}

}  // namespace signet
