// POST /oauth2/revoke (RFC 7009): a client ends its own token. What is no live token of this tenant is answered with
// 200 and no effect (section 2.2), one of another client with invalid_grant (section 2.1).
#pragma once

#include <cstddef>
#include <expected>
#include <memory>
#include <string_view>

#include "daemon/endpoint/reply.h"
#include "keystore/clients/client.h"
#include "keystore/keys/key_set.h"

namespace signet {

// Loop thread only; allocates. 200 only after the commit is durable and published: no check that begins afterwards, on
// whatever worker, says active.
class RevokeEndpoint {
 public:
  // Revocations of one worker that wait for their commit; beyond, 503.
  static constexpr size_t kInFlightMax = 1024;

  explicit RevokeEndpoint(WorkerScope& scope) : scope_(scope) {}

  void on_request(const http::Request& request, http::Responder& out, const TenantKeys& tenant);

 private:
  class Answer;
  struct Asked {
    const http::Request& request;
    http::Responder& out;
    const TenantKeys& tenant;
    const ClientRecord& client;
    std::string_view token;
  };
  // Whether the token was one of that type, and then answered or on its way.
  using Taken = std::expected<bool, ErrorReply>;

  std::expected<void, ErrorReply> revoke(const http::Request& request, http::Responder& out, const TenantKeys& tenant);
  Taken take_access_token(const Asked& asked);
  Taken take_refresh_token(const Asked& asked);
  std::unique_ptr<Answer> new_answer(const Asked& asked);
  void reply_done(const http::Request& request, http::Responder& out);
  void finish(const Answer& answer);

  WorkerScope& scope_;
  size_t in_flight_ = 0;
};

}  // namespace signet
