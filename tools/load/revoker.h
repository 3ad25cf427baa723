// Revoker: revokes access tokens through the admin socket at a steady rate while the load runs.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "tools/ctl/admin_client.h"
#include "tools/load/runner.h"

namespace signet::load {

struct RevocationPlan {
  std::string tenant = "default";
  std::vector<std::string> jtis;  // one for each revocation
  double rate = 1;                // a second, over 0
};

// Revocations go one after the other: one that is late for its turn waits, and its waiting counts.
class Revoker final : public Companion {
 public:
  Revoker(std::string socket_path, RevocationPlan plan) : admin_(std::move(socket_path)), plan_(std::move(plan)) {}
  Measurement run(const RunTimes& times, const std::atomic<bool>& stop) override;

 private:
  ctl::AdminClient admin_;
  RevocationPlan plan_;
};

// jti_of gives the claim of an access token, unverified (RFC 7519 section 4.1.7). The error is a sentence part.
std::expected<std::string, std::string> jti_of(std::string_view token);

// revocation_request: the admin socket's body for revoking one access token by its jti.
std::string revocation_request(std::string_view tenant, std::string_view jti);

}  // namespace signet::load
