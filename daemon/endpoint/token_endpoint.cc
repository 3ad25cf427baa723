#include "daemon/endpoint/token_endpoint.h"

#include "daemon/endpoint/client_check.h"
#include "daemon/endpoint/form_body.h"
#include "protocol/oauth/form.h"
#include "protocol/oauth/token_request.h"

namespace signet {
namespace {

constexpr Endpoint kEndpoint = Endpoint::kToken;

std::unexpected<ErrorReply> refuse(OAuthError error, std::string_view description = {}) {
  return std::unexpected(ErrorReply{.error = error, .description = description});
}

}  // namespace

void TokenEndpoint::on_request(const http::Request& request, http::Responder& out, const TenantKeys& tenant) {
  if (request.method != http::Method::kPost) {
    reply_method_not_allowed(scope_, request, out, kEndpoint, "POST");
    return;
  }
  const auto issued = issue(request, out, tenant);
  if (!issued) reply_error(scope_, request, out, kEndpoint, issued.error());
}

std::expected<void, ErrorReply> TokenEndpoint::issue(const http::Request& request, http::Responder& out,
                                                     const TenantKeys& tenant) {
  if (!scope_.shared.may_issue.load(std::memory_order_relaxed)) {
    return std::unexpected(
        ErrorReply{.error = OAuthError::kTemporarilyUnavailable, .extra_fields = "Retry-After: 5\r\n"});
  }
  FormParameters form;
  if (auto read = read_form(request, "resource", form); !read) return read;
  ClientAttempt attempt(scope_, request, tenant.tenant, form.get("client_id"), form.get("client_secret"));
  const auto wanted = parse_token_request(form);  // while the client's record is on its way
  // Who asks comes before what is asked: an unauthenticated caller learns nothing else.
  const auto client = attempt.finish(Toll::kTake);
  if (!client) return std::unexpected(client.error());
  if (!wanted) return refuse(wanted.error().error, wanted.error().description);
  if (wanted->grant_type == GrantType::kRefreshToken) return refresh_.rotate(request, tenant, **client, *wanted);
  if (((*client)->grants() & kGrantClientCredentials) == 0) return refuse(OAuthError::kUnauthorizedClient);

  const auto scope = narrow_scope(**client, wanted->scope);
  if (!scope) return std::unexpected(scope.error());
  const auto audience = narrow_audience(**client, tenant.issuer, wanted->resource());
  if (!audience) return std::unexpected(audience.error());
  const IssueRequest issue{tenant, **client, *scope, audience->span()};
  if (RefreshGrant::comes_with_credentials(**client)) return refresh_.create(request, issue);
  return answer_.queue(job_owner(request), out, issue);
}

void TokenEndpoint::signed_job(SigningJob& job, http::Responder& out) {
  scope_.metrics.observe(kEndpoint, 200, monotonic_ns() - job.owner.arrived_ns);
  out.respond_serialized(exchange_of(job.owner), job.text());
}

void TokenEndpoint::failed_job(SigningJob& job, SigningSink::Failure why, http::Responder& out) {
  // A client or key that changed meanwhile: the retry gets the exact answer.
  const bool broken = why == SigningSink::Failure::kSignerFailed;
  http::Request request;
  request.id = exchange_of(job.owner);
  request.arrived_ns = job.owner.arrived_ns;
  reply_error(scope_, request, out, kEndpoint,
              {.error = broken ? OAuthError::kServerError : OAuthError::kTemporarilyUnavailable,
               .extra_fields = broken ? "" : "Retry-After: 1\r\n"});
}

}  // namespace signet
