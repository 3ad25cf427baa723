#include "daemon/endpoint/introspect_endpoint.h"

#include <cstring>

#include "daemon/endpoint/client_check.h"
#include "daemon/endpoint/form_body.h"
#include "protocol/oauth/introspection_response.h"

namespace signet {
namespace {

constexpr Endpoint kEndpoint = Endpoint::kIntrospect;
constexpr std::string_view kNoStore = "Cache-Control: no-store\r\nPragma: no-cache\r\n";

http::Request request_of(const SigningJob& job) {
  http::Request request;
  request.id = exchange_of(job.owner);
  request.arrived_ns = job.owner.arrived_ns;
  return request;
}

}  // namespace

std::expected<const ClientRecord*, ErrorReply> authenticate_introspector(WorkerScope& scope,
                                                                         const http::Request& request, uint32_t tenant,
                                                                         std::string_view form_client_id,
                                                                         std::string_view form_client_secret) {
  const auto caller = authenticate_client(scope, request, tenant, form_client_id, form_client_secret);
  if (caller && !may_introspect(**caller)) {
    return std::unexpected(ErrorReply{.error = OAuthError::kUnauthorizedClient,
                                      .description = "this client may introspect no audience",
                                      .status = 403});
  }
  return caller;
}

std::string_view introspection_body(const TokenChecker::Outcome& outcome) {
  return outcome.active() ? outcome.token.body() : kInactiveResponse;
}

void name_caller(SigningJob& job, const ClientRecord& caller) {
  const std::string_view client_id = caller.client_id();
  job.client_revision = caller.revision();
  job.client_id_size = static_cast<uint8_t>(client_id.size());
  std::memcpy(job.client_id.data(), client_id.data(), client_id.size());
}

const ClientRecord* find_caller(const WorkerScope& scope, const SigningJob& job) {
  const ClientRecord* caller = scope.keystore.clients().find(job.tenant, job.client());
  return caller != nullptr && caller->revision() == job.client_revision && !caller->disabled() ? caller : nullptr;
}

void IntrospectEndpoint::on_request(const http::Request& request, http::Responder& out, const TenantKeys& tenant) {
  if (request.method != http::Method::kPost) {
    reply_method_not_allowed(scope_, request, out, kEndpoint, "POST");
    return;
  }
  const auto done = introspect(request, out, tenant);
  if (!done) reply_error(scope_, request, out, kEndpoint, done.error());
}

std::expected<void, ErrorReply> IntrospectEndpoint::introspect(const http::Request& request, http::Responder& out,
                                                               const TenantKeys& tenant) {
  FormParameters form;
  if (auto read = read_form(request, "", form); !read) return read;
  const auto caller =
      authenticate_introspector(scope_, request, tenant.tenant, form.get("client_id"), form.get("client_secret"));
  if (!caller) return std::unexpected(caller.error());
  // token_type_hint may be ignored (RFC 7662 2.1): there is one type that anything is said about.
  const std::string_view token = form.get("token");
  if (token.empty()) {
    return std::unexpected(ErrorReply{.error = OAuthError::kInvalidRequest, .description = "token is missing"});
  }
  const auto outcome = checker_.check(tenant, token, {.caller = *caller, .audience = {}});
  if (outcome.result == CheckResult::kUnavailable) return std::unexpected(unavailable());
  if (outcome.result != CheckResult::kMustCheck) {
    answer(request, out, outcome);
    return {};
  }
  SigningJob* job = checker_.make_job({});
  if (job == nullptr) return std::unexpected(unavailable());
  name_caller(*job, **caller);
  job->owner = job_owner(request);
  job->owner.purpose = static_cast<uint8_t>(CheckPurpose::kIntrospect);
  scope_.queue.push(job);
  return {};
}

void IntrospectEndpoint::answer(const http::Request& request, http::Responder& out,
                                const TokenChecker::Outcome& outcome) {
  reply(scope_, request, out, kEndpoint,
        {.status = 200,
         .content_type = "application/json",
         .extra_fields = kNoStore,
         .body = introspection_body(outcome)});
}

void IntrospectEndpoint::checked_job(SigningJob& job, bool held, http::Responder& out) {
  const ClientRecord* caller = find_caller(scope_, job);
  if (caller == nullptr) return failed_job(job, out);
  const auto outcome = checker_.finish(job, held, {.caller = caller, .audience = {}});
  answer(request_of(job), out, outcome);
}

// The caller changed meanwhile, or the signer failed: the retry gets the exact answer.
void IntrospectEndpoint::failed_job(SigningJob& job, http::Responder& out) {
  reply_error(scope_, request_of(job), out, kEndpoint, unavailable());
}

}  // namespace signet
