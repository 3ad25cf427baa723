// Any method on /verify and /verify/...: whether the request that a reverse proxy has received may pass. In the shapes
// of nginx auth_request, Envoy ext_authz over HTTP and Traefik ForwardAuth: 200 with X-Signet-* fields, 401 with a
// challenge (RFC 6750 section 3), 403 for a missing scope; 400 when the proxy is set up wrongly.
#pragma once

#include <array>

#include "daemon/endpoint/reply.h"
#include "daemon/endpoint/token_checker.h"
#include "daemon/endpoint/verify_query.h"

namespace signet {

// Loop thread only; does not allocate on success.
class VerifyEndpoint {
 public:
  VerifyEndpoint(WorkerScope& scope, TokenChecker& checker) : scope_(scope), checker_(checker) {}

  void on_request(const http::Request& request, http::Responder& out, const TenantKeys& tenant);

  // The dialect whose tokens a query asks about; nothing when it names none or cannot be read. Valid until the next
  // request.
  std::optional<std::string_view> dialect_asked(std::string_view query);

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
  VerifyQueryBuffer query_;
  // A token's texts, each octet as %XX, and the names.
  std::array<char, 3 * 8 * 1024 + 1024> fields_;
};

}  // namespace signet
