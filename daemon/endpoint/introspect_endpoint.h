// POST /oauth2/introspect (RFC 7662): what is known of an access token, for a resource server that has an audience of
// the token. Everything else about a token is `{"active":false}`, whatever the reason.
#pragma once

#include "daemon/endpoint/reply.h"
#include "daemon/endpoint/token_checker.h"

namespace signet {

// authenticate_introspector finds and checks who asks, as the token endpoint does; a client without any right to
// introspect is refused (403). Form fields as in authenticate_client.
std::expected<const ClientRecord*, ErrorReply> authenticate_introspector(WorkerScope& scope,
                                                                         const http::Request& request, uint32_t tenant,
                                                                         std::string_view form_client_id,
                                                                         std::string_view form_client_secret);

// introspection_body: the answer that a decided check comes to.
std::string_view introspection_body(const TokenChecker::Outcome& outcome);

// name_caller puts the caller of a check into its job, to be looked up again when it is done.
void name_caller(SigningJob& job, const ClientRecord& caller);
// The caller as it was named; null when it is gone, disabled or another since.
const ClientRecord* find_caller(const WorkerScope& scope, const SigningJob& job);

// Loop thread only; does not allocate on success.
class IntrospectEndpoint {
 public:
  IntrospectEndpoint(WorkerScope& scope, TokenChecker& checker) : scope_(scope), checker_(checker) {}

  void on_request(const http::Request& request, http::Responder& out, const TenantKeys& tenant);

  // Results of the signing queue.
  void checked_job(SigningJob& job, bool held, http::Responder& out);
  void failed_job(SigningJob& job, http::Responder& out);

 private:
  std::expected<void, ErrorReply> introspect(const http::Request& request, http::Responder& out,
                                             const TenantKeys& tenant);
  void answer(const http::Request& request, http::Responder& out, const TokenChecker::Outcome& outcome);

  WorkerScope& scope_;
  TokenChecker& checker_;
};

}  // namespace signet
