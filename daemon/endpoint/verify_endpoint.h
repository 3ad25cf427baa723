// Any method on /verify and /verify/...: whether the request that a reverse proxy has received may pass. In the shapes
// of nginx auth_request, Envoy ext_authz over HTTP and Traefik ForwardAuth: 200 with X-Signet-* fields, 401 with a
// challenge (RFC 6750 section 3), 403 for a missing scope; 400 when the proxy is set up wrongly.
#pragma once

#include <array>

#include "daemon/endpoint/reply.h"
#include "daemon/endpoint/token_checker.h"
#include "daemon/endpoint/verify_query.h"

namespace signet {

// Who answers ?dialect=NAME. Loop thread.
class DialectVerifier {
 public:
  // False, and nothing answered, when there is no such dialect or its tokens cannot be checked.
  virtual bool verify(const http::Request& request, http::Responder& out, std::string_view name,
                      const TenantKeys& tenant) = 0;

 protected:
  ~DialectVerifier() = default;
};

// Loop thread only; does not allocate on success.
class VerifyEndpoint {
 public:
  VerifyEndpoint(WorkerScope& scope, TokenChecker& checker) : scope_(scope), checker_(checker) {}

  // Before the first request; outlives this. Without it there is no dialect.
  void set_dialects(DialectVerifier* dialects) { dialects_ = dialects; }

  void on_request(const http::Request& request, http::Responder& out, const TenantKeys& tenant);

  // Results of the signing queue.
  void checked_job(SigningJob& job, bool held, http::Responder& out);
  void failed_job(SigningJob& job, http::Responder& out);

 private:
  // What the operator wants of a token.
  struct Wanted {
    std::string_view audience;
    std::string_view scope;
  };

  void operator_error(const http::Request& request, http::Responder& out, std::string_view text, int status = 400);
  void check(const http::Request& request, http::Responder& out, const TenantKeys& tenant, const Wanted& wanted);
  void answer(const http::Request& request, http::Responder& out, const TokenChecker::Outcome& outcome,
              std::string_view scope);
  void pass(const http::Request& request, http::Responder& out, const CheckedTokenView& token);
  void challenge(const http::Request& request, http::Responder& out, std::string_view error);
  void insufficient_scope(const http::Request& request, http::Responder& out, std::string_view scope);

  WorkerScope& scope_;
  TokenChecker& checker_;
  DialectVerifier* dialects_ = nullptr;
  VerifyQueryBuffer query_;
  // A token's texts, each octet as %XX, and the names.
  std::array<char, 3 * 8 * 1024 + 1024> fields_;
};

}  // namespace signet
