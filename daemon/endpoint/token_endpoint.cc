#include "daemon/endpoint/token_endpoint.h"

#include "daemon/endpoint/client_check.h"
#include "daemon/endpoint/media_type.h"
#include "protocol/oauth/form.h"
#include "protocol/oauth/token_request.h"

namespace signet {
namespace {

constexpr Endpoint kEndpoint = Endpoint::kToken;
constexpr std::string_view kFormType = "application/x-www-form-urlencoded";

std::unexpected<ErrorReply> refuse(OAuthError error, std::string_view description = {}) {
  return std::unexpected(ErrorReply{.error = error, .description = description});
}

std::string_view form_error_text(FormError error) {
  switch (error) {
    case FormError::kBadEscape:
      return "bad percent-escape in the form";
    case FormError::kBadUtf8:
      return "the form is not UTF-8";
    case FormError::kTooManyParameters:
      return "too many parameters";
    case FormError::kControlCharacter:
      return "control character in the form";
    case FormError::kDuplicate:
      return "a parameter is repeated";  // RFC 6749 3.2
  }
  return "unreadable form";
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
  // Credentials in a query end up in logs and histories (RFC 6749 2.3.1).
  if (request.has_query) return refuse(OAuthError::kInvalidRequest, "parameters belong in the body, not in the query");
  if (request.repeated_content_type || !media_type_is(request.content_type, kFormType)) {
    return refuse(OAuthError::kInvalidRequest, "Content-Type must be application/x-www-form-urlencoded");
  }
  FormParameters form;
  const auto parsed = form.parse(request.body, "resource");
  if (!parsed) return refuse(OAuthError::kInvalidRequest, form_error_text(parsed.error()));
  // Who asks comes before what is asked: an unauthenticated caller learns nothing else.
  const auto client =
      authenticate_client(scope_, request, tenant.tenant, form.get("client_id"), form.get("client_secret"));
  if (!client) return std::unexpected(client.error());
  const auto wanted = parse_token_request(form);
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
