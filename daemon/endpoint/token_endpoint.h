// POST /oauth2/token (RFC 6749 section 3.2) with client_credentials (4.4), refresh_token (6) and resource indicators
// (RFC 8707).
#pragma once

#include "daemon/endpoint/refresh_grant.h"

namespace signet {

// Loop thread only; does not allocate on success.
class TokenEndpoint {
 public:
  explicit TokenEndpoint(WorkerScope& scope) : scope_(scope), answer_(scope), refresh_(scope, answer_) {}

  void on_request(const http::Request& request, http::Responder& out, const TenantKeys& tenant);

  // Whom results that come from the store are answered through, while the mailbox is emptied.
  void set_responder(http::Responder* out) { refresh_.set_responder(out); }

  // In every iteration, when its requests have been read.
  void hand_over() { refresh_.hand_over(); }

  // Blocks until the store has nothing of this endpoint any more. The loop has ended.
  void wait_for_store() { refresh_.wait_for_store(); }

  // Results of the signing queue.
  void signed_job(SigningJob& job, http::Responder& out);
  void failed_job(SigningJob& job, SigningSink::Failure why, http::Responder& out);

 private:
  std::expected<void, ErrorReply> issue(const http::Request& request, http::Responder& out, const TenantKeys& tenant);

  WorkerScope& scope_;
  TokenAnswer answer_;
  RefreshGrant refresh_;
};

}  // namespace signet
