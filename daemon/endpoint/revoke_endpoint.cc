#include "daemon/endpoint/revoke_endpoint.h"

#include <optional>

#include "daemon/endpoint/client_check.h"
#include "daemon/endpoint/form_body.h"
#include "daemon/endpoint/own_token.h"
#include "daemon/endpoint/revoke_refresh_token.h"

namespace signet {
namespace {

constexpr Endpoint kEndpoint = Endpoint::kRevoke;

// RFC 7009 section 2.1, in the words of RFC 6749 section 5.2: "was issued to another client".
ErrorReply other_client() {
  return {.error = OAuthError::kInvalidGrant, .description = "the token was issued to another client"};
}

}  // namespace

// One revocation that waits for its commit. Belongs to itself once it is given away.
class RevokeEndpoint::Answer final : public Mail {
 public:
  Answer(RevokeEndpoint& endpoint, const Asked& asked)
      : out(asked.out), id(asked.request.id), arrived_ns(asked.request.arrived_ns), endpoint_(endpoint) {}

  // What the store tells, from whatever thread.
  StoreDone<RevocationOutcome> completion() {
    return [this, &mailbox = endpoint_.scope_.mailbox](const std::expected<RevocationOutcome, StoreError>& result) {
      if (!result) failed = result.error().kind;
      mailbox.post(this);
    };
  }
  void deliver() override {
    endpoint_.finish(*this);
    delete this;
  }

  http::Responder& out;
  const http::ExchangeId id;
  const uint64_t arrived_ns;
  std::optional<StoreErrorKind> failed;

 private:
  RevokeEndpoint& endpoint_;
};

void RevokeEndpoint::on_request(const http::Request& request, http::Responder& out, const TenantKeys& tenant) {
  if (request.method != http::Method::kPost) {
    reply_method_not_allowed(scope_, request, out, kEndpoint, "POST");
    return;
  }
  const auto revoked = revoke(request, out, tenant);
  if (!revoked) reply_error(scope_, request, out, kEndpoint, revoked.error());
}

std::expected<void, ErrorReply> RevokeEndpoint::revoke(const http::Request& request, http::Responder& out,
                                                       const TenantKeys& tenant) {
  FormParameters form;
  if (auto read = read_form(request, "", form); !read) return std::unexpected(read.error());
  const auto client =
      authenticate_client(scope_, request, tenant.tenant, form.get("client_id"), form.get("client_secret"));
  if (!client) return std::unexpected(client.error());
  const Asked asked{request, out, tenant, **client, form.get("token")};
  if (asked.token.empty()) {
    return std::unexpected(ErrorReply{.error = OAuthError::kInvalidRequest, .description = "token is missing"});
  }
  // A hint says where to look first and nothing else; an unknown one nothing at all (RFC 7009 section 2.1).
  const bool refresh_first = form.get("token_type_hint") == "refresh_token";
  for (const bool refresh : {refresh_first, !refresh_first}) {
    const Taken taken = refresh ? take_refresh_token(asked) : take_access_token(asked);
    if (!taken) return std::unexpected(taken.error());
    if (*taken) return {};
  }
  reply_done(request, out);  // invalid tokens are no error: the client wanted it to be over, and it is
  return {};
}

RevokeEndpoint::Taken RevokeEndpoint::take_access_token(const Asked& asked) {
  const auto token = verify_own_token(asked.tenant, asked.token, scope_.clock() / 1000);
  if (!token) return false;
  if (token->client_id() != asked.client.client_id()) return std::unexpected(other_client());
  // What is in the index is durable.
  if (scope_.keystore.revocations().revoked(facts_of(asked.tenant.tenant, *token))) {
    reply_done(asked.request, asked.out);
    return true;
  }
  if (in_flight_ == kInFlightMax) return std::unexpected(unavailable());
  ++in_flight_;
  Answer* answer = new_answer(asked).release();
  scope_.keystore.store().revoke({.via = "revocation-endpoint"}, revocation_of(asked.tenant.tenant, *token),
                                 answer->completion());
  return true;
}

RevokeEndpoint::Taken RevokeEndpoint::take_refresh_token(const Asked& asked) {
  if (in_flight_ == kInFlightMax) return std::unexpected(unavailable());
  auto answer = new_answer(asked);
  if (!revoke_refresh_token(scope_.keystore, asked.tenant, asked.client.client_id(), asked.token,
                            answer->completion())) {
    return false;
  }
  ++in_flight_;  // delivered by a later iteration
  static_cast<void>(answer.release());
  return true;
}

std::unique_ptr<RevokeEndpoint::Answer> RevokeEndpoint::new_answer(const Asked& asked) {
  return std::make_unique<Answer>(*this, asked);
}

void RevokeEndpoint::reply_done(const http::Request& request, http::Responder& out) {
  reply(scope_, request, out, kEndpoint,
        {.status = 200, .extra_fields = "Cache-Control: no-store\r\nPragma: no-cache\r\n"});
}

void RevokeEndpoint::finish(const Answer& answer) {
  --in_flight_;
  http::Request request;
  request.id = answer.id;
  request.arrived_ns = answer.arrived_ns;
  if (!answer.failed || *answer.failed == StoreErrorKind::kNotFound) return reply_done(request, answer.out);
  ErrorReply error{.error = OAuthError::kServerError};
  switch (*answer.failed) {
    case StoreErrorKind::kBusy:
      error = unavailable();
      break;
    case StoreErrorKind::kUnavailable:
      error = {.error = OAuthError::kTemporarilyUnavailable, .extra_fields = "Retry-After: 5\r\n"};
      break;
    case StoreErrorKind::kInvalid:
      error = other_client();
      break;
    default:
      break;
  }
  reply_error(scope_, request, answer.out, kEndpoint, error);
}

}  // namespace signet
