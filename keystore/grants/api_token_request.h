// ApiTokenRequest: the redemption of one API token, as a worker asks the store for it and as it comes back. Belongs to
// its asker's pool: the store keeps nothing of it once `completed` was called.
//
// Thread rule: the asker's, but between Store::redeem_api_token and `completed`: then it is the store's alone.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "keystore/grants/api_token.h"

namespace signet {

enum class ApiTokenVerdict : uint8_t {
  kValid,
  // Refused.
  kUnknown,     // there is none, or it is of another kind
  kClientGone,  // removed, or disabled
  kExpired,
  kRevoked,
  // Since a restore, until `backup accept`: it may have been revoked after the backup. Nothing may be told about it.
  kSuspended,
  // The store did not decide; nothing may be told about the token.
  kBusy,
  kUnavailable,
};
inline constexpr size_t kApiTokenVerdicts = 8;

class ApiTokenRequest {
 public:
  // --- what is asked ---
  uint32_t tenant = 0;
  ApiTokenId id{};  // by Keystore::identify_api_token
  ApiTokenKind kind{};

  // --- what came of it ---
  ApiTokenVerdict verdict{};
  ApiToken token;  // as it is on record, for kValid; else nothing may be taken from it. Its texts keep their memory

  // Called once, on the store's thread or, when nothing was queued, on the asker's before redeem_api_token returns.
  // Must not block. The request is the asker's again.
  virtual void completed() = 0;

  // The store's, while it has the request.
  alignas(std::max_align_t) std::array<std::byte, 32> store_space;

 protected:
  ~ApiTokenRequest() = default;
};

}  // namespace signet
