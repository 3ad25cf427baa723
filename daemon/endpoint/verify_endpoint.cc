#include "daemon/endpoint/verify_endpoint.h"

#include "daemon/endpoint/credential_scheme.h"
#include "daemon/endpoint/field_writer.h"
#include "protocol/oauth/scope.h"

namespace signet {
namespace {

constexpr Endpoint kEndpoint = Endpoint::kVerify;
constexpr std::string_view kNoStore = "Cache-Control: no-store\r\n";
constexpr std::string_view kChallenge = "WWW-Authenticate: Bearer realm=\"signet\"";

// The token of `Authorization: Bearer TOKEN` (RFC 6750 2.1; the scheme is case-insensitive, RFC 9110 11.1). Empty when
// there is none, another scheme included: nothing was tried then that could be wrong.
std::string_view bearer_token(std::string_view authorization) {
  return behind_scheme(authorization, "Bearer").value_or(std::string_view());
}

http::Request request_of(const SigningJob& job) {
  http::Request request;
  request.id = exchange_of(job.owner);
  request.arrived_ns = job.owner.arrived_ns;
  return request;
}

}  // namespace

void VerifyEndpoint::on_request(const http::Request& request, http::Responder& out, const TenantKeys& tenant) {
  const auto query = parse_verify_query(request.query, query_);
  if (!query) {
    return operator_error(request, out,
                          query.error() == VerifyQueryError::kRepeated
                              ? "audience, scope or dialect is repeated in the query"
                              : "the query cannot be read");
  }
  if (query->dialect.data() != nullptr) {
    if (dialects_ != nullptr && dialects_->verify(request, out, query->dialect, tenant)) return;
    return operator_error(request, out, "there is no such dialect", 404);
  }
  // A check without an audience would let in tokens that were made for somebody else (CVE-2024-5798).
  if (query->audience.empty()) {
    return operator_error(request, out, "/verify needs ?audience=... in the proxy's configuration");
  }
  if (!query->scope.empty() && !valid_scope(query->scope)) {
    return operator_error(request, out, "scope must be scopes, each once, with one space between them");
  }
  check(request, out, tenant, {query->audience, query->scope});
}

void VerifyEndpoint::operator_error(const http::Request& request, http::Responder& out, std::string_view text,
                                    int status) {
  reply_error(scope_, request, out, kEndpoint,
              {.error = OAuthError::kInvalidRequest, .description = text, .status = status});
}

void VerifyEndpoint::check(const http::Request& request, http::Responder& out, const TenantKeys& tenant,
                           const Wanted& wanted) {
  // Two of them: which one would the upstream take? Proxies treat anything but 401 and 403 as a failure of their own.
  if (request.repeated_authorization) return challenge(request, out, "invalid_request");
  const std::string_view token = bearer_token(request.authorization);
  if (token.empty()) return challenge(request, out, {});
  const auto outcome = checker_.check(tenant, token, {.caller = nullptr, .audience = wanted.audience});
  if (outcome.result != CheckResult::kMustCheck) return answer(request, out, outcome, wanted.scope);
  // Audience, then scope; the scope holds no line feed.
  FieldWriter notes(fields_);
  notes.raw(wanted.scope).raw("\n").raw(wanted.audience);
  SigningJob* job = checker_.make_job(notes.text());
  if (job == nullptr) return reply_error(scope_, request, out, kEndpoint, unavailable());
  job->owner = job_owner(request);
  job->owner.purpose = static_cast<uint8_t>(CheckPurpose::kVerify);
  scope_.queue.push(job);
}

void VerifyEndpoint::checked_job(SigningJob& job, bool held, http::Responder& out) {
  const std::string_view notes = TokenChecker::notes_of(job);
  const size_t end_of_scope = notes.find('\n');
  const auto outcome = checker_.finish(job, held, {.caller = nullptr, .audience = notes.substr(end_of_scope + 1)});
  answer(request_of(job), out, outcome, notes.substr(0, end_of_scope));
}

void VerifyEndpoint::failed_job(SigningJob& job, http::Responder& out) {
  reply_error(scope_, request_of(job), out, kEndpoint, unavailable());
}

void VerifyEndpoint::answer(const http::Request& request, http::Responder& out, const TokenChecker::Outcome& outcome,
                            std::string_view scope) {
  if (outcome.result == CheckResult::kUnavailable) {
    return reply_error(scope_, request, out, kEndpoint, unavailable());
  }
  if (!outcome.active()) return challenge(request, out, "invalid_token");
  if (!scope_is_subset(outcome.token.scope(), scope)) return insufficient_scope(request, out, scope);
  pass(request, out, outcome.token);
}

void VerifyEndpoint::pass(const http::Request& request, http::Responder& out, const CheckedTokenView& token) {
  FieldWriter fields(fields_);
  fields.raw(kNoStore);
  fields.raw("X-Signet-Client: ").value(token.client_id());
  fields.raw("\r\nX-Signet-Subject: ").value(token.subject());
  fields.raw("\r\nX-Signet-Scope: ").value(token.scope());
  fields.raw("\r\nX-Signet-Expires: ").number(token.token().expires_at).raw("\r\n");
  // Cannot be: the buffer holds a whole token so. Half a field would be worse than none.
  if (fields.overflowed()) return reply_error(scope_, request, out, kEndpoint, {.error = OAuthError::kServerError});
  reply(scope_, request, out, kEndpoint, {.status = 200, .extra_fields = fields.text()});
}

// RFC 6750 3.1: no error code when no token was sent.
void VerifyEndpoint::challenge(const http::Request& request, http::Responder& out, std::string_view error) {
  FieldWriter fields(fields_);
  fields.raw(kNoStore).raw(kChallenge);
  if (!error.empty()) fields.raw(", error=\"").raw(error).raw("\"");
  fields.raw("\r\n");
  reply(scope_, request, out, kEndpoint, {.status = 401, .extra_fields = fields.text()});
}

void VerifyEndpoint::insufficient_scope(const http::Request& request, http::Responder& out, std::string_view scope) {
  FieldWriter fields(fields_);
  // A scope that is valid holds neither quotation mark nor backslash.
  fields.raw(kNoStore).raw(kChallenge).raw(", error=\"insufficient_scope\", scope=\"").raw(scope).raw("\"\r\n");
  reply(scope_, request, out, kEndpoint, {.status = 403, .extra_fields = fields.text()});
}

}  // namespace signet
