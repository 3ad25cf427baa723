// RefreshWorkload: each connection walks a family of its own: the refresh token of an answer is what the next request
// presents (RFC 6749 section 6).
#pragma once

#include <string>
#include <vector>

#include "tools/load/request_set.h"
#include "tools/load/token_list.h"
#include "tools/load/workload.h"

namespace signet::load {

// What the walks of a run start from. Connection n of all presents token n as client n modulo the clients.
struct RefreshPlan {
  std::string authority;
  std::string path;
  std::vector<Credentials> clients;
  AuthMethod method = AuthMethod::kBasic;
  TokenList first_tokens;
};

// A refusal (4xx but 429) and an answer without a successor end the walk of their connection. After a lost connection,
// a 429 or a 5xx the same token is presented again: a retry gets the same successor. Not thread-safe.
class RefreshWorkload final : public Workload {
 public:
  RefreshWorkload(const RefreshPlan& plan, const Share& share);

  std::string_view next(uint32_t connection) override;
  Judgement judge(uint32_t connection, int status, std::string_view body) override;
  bool reads_bodies() const override { return true; }
  std::string_view why_ended() const override { return "the walk of a family ended"; }

 private:
  struct Walk {
    std::string head;         // up to the value of Content-Length
    std::string credentials;  // at the end of the form
    std::string token;        // form-encoded; empty = ended
  };
  std::vector<Walk> walks_;
  std::string request_;
};

}  // namespace signet::load
