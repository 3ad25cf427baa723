// POST /oauth2/token (RFC 6749 section 3.2) with client_credentials (4.4) and resource indicators (RFC 8707).
#pragma once

#include "daemon/endpoint/issuance.h"

namespace signet {

// Loop thread only; does not allocate on success.
class TokenEndpoint {
 public:
  explicit TokenEndpoint(WorkerScope& scope) : scope_(scope), composer_(scope) {}

  void on_request(const http::Request& request, http::Responder& out, const TenantKeys& tenant);

  // Results of the signing queue.
  void signed_job(SigningJob& job, http::Responder& out);
  void failed_job(SigningJob& job, SigningSink::Failure why, http::Responder& out);

 private:
  std::expected<void, ErrorReply> issue(const http::Request& request, http::Responder& out, const TenantKeys& tenant);
  std::expected<void, ErrorReply> queue(const http::Request& request, http::Responder& out, const IssueRequest& issue);

  WorkerScope& scope_;
  TokenComposer composer_;
  std::array<char, kTokenSizeMax> suffix_;
};

}  // namespace signet
