#include "daemon/endpoint/token_endpoint.h"

#include <charconv>
#include <cstring>

#include "daemon/endpoint/client_check.h"
#include "daemon/endpoint/media_type.h"
#include "protocol/base/copy_text.h"
#include "protocol/oauth/form.h"
#include "protocol/oauth/token_request.h"
#include "protocol/oauth/token_response.h"

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

// The complete head of a success, ready for respond_serialized (RFC 6749 5.1: no-store), and the body's prefix.
class SuccessHead {
 public:
  SuccessHead(std::string_view date_field, size_t body_size) {
    add("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nCache-Control: no-store\r\nPragma: no-cache\r\n");
    add(date_field);
    add("Content-Length: ");
    std::array<char, 20> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), body_size).ptr;
    add({digits.data(), static_cast<size_t>(end - digits.data())});
    add("\r\n\r\n");
    add(kTokenResponsePrefix);
  }
  std::string_view text() const { return {text_.data(), used_}; }

 private:
  void add(std::string_view part) {
    copy_text(text_.data() + used_, part);
    used_ += part.size();
  }
  std::array<char, 512> text_;
  size_t used_ = 0;
};

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
  if (((*client)->grants() & kGrantClientCredentials) == 0) return refuse(OAuthError::kUnauthorizedClient);

  const auto scope = narrow_scope(**client, wanted->scope);
  if (!scope) return std::unexpected(scope.error());
  const auto audience = narrow_audience(**client, tenant.issuer, wanted->resource());
  if (!audience) return std::unexpected(audience.error());
  return queue(request, out, {tenant, **client, *scope, audience->span()});
}

std::expected<void, ErrorReply> TokenEndpoint::queue(const http::Request& request, http::Responder& out,
                                                     const IssueRequest& issue) {
  const auto token_size = composer_.prepare(issue);
  if (!token_size) return std::unexpected(token_size.error());
  const size_t suffix_size = write_token_response_suffix({composer_.expires_in_s(), issue.scope}, suffix_);
  if (suffix_size == 0) return refuse(OAuthError::kServerError);
  SigningJob* job = scope_.queue.take();
  if (job == nullptr) {
    return std::unexpected(
        ErrorReply{.error = OAuthError::kTemporarilyUnavailable, .extra_fields = "Retry-After: 1\r\n"});
  }
  const SuccessHead head(out.date_field(), kTokenResponsePrefix.size() + *token_size + suffix_size);
  composer_.write(*job, head.text(), {suffix_.data(), suffix_size});
  job->owner = job_owner(request);
  scope_.queue.push(job);
  return {};
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
