// Checkpoints of the revocation feed: a compact JWT over where a tenant's feed stands. Its typ is no access token's, so
// that it passes no check of those (RFC 8725 section 3.11).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "protocol/base/digest.h"
#include "protocol/base/time.h"
#include "protocol/jose/algorithm.h"

namespace signet {

inline constexpr std::string_view kFeedCheckpointType = "signet-checkpoint+jwt";

// Views are borrowed for the call.
struct FeedCheckpoint {
  std::string_view issuer;    // iss
  UnixSeconds issued_at = 0;  // iat: when it was signed
  uint64_t sequence = 0;      // seq: of the last entry it covers
  uint64_t count = 0;         // entries of the epoch up to and including it
  Sha256Digest hash{};        // of the chain, there; base64url
  std::string_view epoch;     // as the feed shows it
};

// write_feed_checkpoint_input writes the signing input: header {"alg","typ","kid"}, '.', claims iss iat seq count hash
// epoch. `kid` is valid_kid. Gives octets, or 0 when `out` is too small. Any thread, does not allocate.
size_t write_feed_checkpoint_input(JwsAlgorithm algorithm, std::string_view kid, const FeedCheckpoint& checkpoint,
                                   std::span<char> out);

}  // namespace signet
