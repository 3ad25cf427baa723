// RefreshWorkload: each connection walks families of its own in turn: the refresh token of an answer is what the next
// request of that family presents (RFC 6749 section 6). With one family each they stay in every cache of the server;
// with many each one has slept since its last refresh.
#pragma once

#include <string>
#include <vector>

#include "tools/load/request_set.h"
#include "tools/load/token_list.h"
#include "tools/load/workload.h"

namespace signet::load {

// What the walks of a run start from, at least one token for each connection. Token n is of client n modulo the
// clients; it is dealt to connection n modulo the connections of the run.
struct RefreshPlan {
  std::string authority;
  std::string path;
  std::vector<Credentials> clients;
  AuthMethod method = AuthMethod::kBasic;
  TokenList first_tokens;
  size_t connections = 1;
};

// A refusal (4xx but 429) and an answer without a successor end the walk of their family, and the last family's end
// that of the connection. After a lost connection, a 429 or a 5xx the same token is presented again: a retry gets the
// same successor. Not thread-safe.
class RefreshWorkload final : public Workload {
 public:
  RefreshWorkload(const RefreshPlan& plan, const Share& share);

  std::string_view next(uint32_t connection) override;
  Judgement judge(uint32_t connection, int status, std::string_view body) override;
  bool reads_bodies() const override { return true; }
  std::string_view why_ended() const override { return "the walk of a family ended"; }

 private:
  struct Client {
    std::string head;         // up to the value of Content-Length
    std::string credentials;  // at the end of the form
  };
  struct Family {
    std::string token;  // form-encoded
    size_t client = 0;
  };
  struct Walk {
    std::vector<Family> families;
    size_t at = 0;
    // Both take the turn to the next one.
    void advance();
    void end_family();
  };
  std::vector<Client> clients_;
  std::vector<Walk> walks_;
  std::string request_;
};

}  // namespace signet::load
