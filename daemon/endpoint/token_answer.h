// TokenAnswer: the success answer of the token endpoint (RFC 6749 5.1), from a decided grant to the signing queue.
// Every grant type ends here.
#pragma once

#include <array>
#include <expected>
#include <string_view>

#include "daemon/endpoint/issuance.h"

namespace signet {

// Loop thread only; does not allocate in the steady state.
class TokenAnswer {
 public:
  explicit TokenAnswer(WorkerScope& scope) : scope_(scope), composer_(scope) {}

  // queue composes the answer and hands it to the signing queue. `refresh_token` empty = none. `job` is taken over on
  // success and stays the caller's otherwise; null = one is taken here. Nothing has been answered on failure.
  std::expected<void, ErrorReply> queue(const SigningJobOwner& owner, http::Responder& out, const IssueRequest& issue,
                                        std::string_view refresh_token = {}, SigningJob* job = nullptr);

 private:
  WorkerScope& scope_;
  TokenComposer composer_;
  std::array<char, kTokenSizeMax> suffix_;
};

}  // namespace signet
