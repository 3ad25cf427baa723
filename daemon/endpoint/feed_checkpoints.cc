#include "daemon/endpoint/feed_checkpoints.h"

#include <utility>
#include <vector>

#include "daemon/endpoint/feed_cursor.h"
#include "daemon/log.h"
#include "protocol/jose/jws.h"
#include "protocol/jwt/feed_checkpoint.h"

namespace signet {
namespace {

constexpr std::array kPreferred{JwsAlgorithm::kEdDSA, JwsAlgorithm::kEd25519, JwsAlgorithm::kES256,
                                JwsAlgorithm::kPS256, JwsAlgorithm::kRS256};

// An HMAC key belongs to one audience, whose holder could forge a checkpoint for the others. One in a token is too
// slow: a checkpoint is signed while its page is written.
const SigningKey* checkpoint_key(const TenantKeys& tenant) {
  for (const JwsAlgorithm algorithm : kPreferred) {
    const SigningKey* key = tenant.active(algorithm, {});
    if (key != nullptr && !key->remote) return key;
  }
  return nullptr;
}

}  // namespace

std::string_view FeedCheckpoints::get(const TenantKeys& tenant, const Place& place) {
  const SigningKey* key = checkpoint_key(tenant);
  if (key == nullptr) return {};
  Kept& kept = kept_[(place.sequence + tenant.tenant) % kKept];
  if (kept.token.empty() || kept.tenant != tenant.tenant || kept.sequence != place.sequence ||
      kept.epoch != place.epoch || kept.key_revision != key->revision || kept.issuer != tenant.issuer) {
    kept = {.tenant = tenant.tenant,
            .sequence = place.sequence,
            .epoch = place.epoch,
            .key_revision = key->revision,
            .issuer = tenant.issuer,
            .token = sign(tenant, *key, place)};
  }
  return kept.token;
}

uint64_t FeedCheckpoints::take_spent_ns() { return std::exchange(spent_ns_, 0); }

std::string FeedCheckpoints::sign(const TenantKeys& tenant, const SigningKey& key, const Place& place) {
  // Under a clock that is behind what was persisted, `iat` would lie.
  if (!scope_.shared.may_issue.load(std::memory_order_relaxed)) return {};
  const FeedEpochText epoch = write_feed_epoch(place.epoch);
  std::string token(kJwsSizeMax, '\0');
  const size_t input_size = write_feed_checkpoint_input(key.algorithm, key.kid,
                                                        {.issuer = tenant.issuer,
                                                         .issued_at = scope_.clock() / 1000,
                                                         .sequence = place.sequence,
                                                         .count = place.sequence,  // dense from 1
                                                         .hash = place.hash,
                                                         .epoch = {epoch.data(), epoch.size()}},
                                                        token);
  std::vector<uint8_t> signature(key.signature_size);
  const ByteSpan input = as_bytes(std::string_view(token).substr(0, input_size));
  const MutableByteSpan output = signature;
  spent_ns_ += signing_cost_ns(key);
  if (input_size == 0 || key.signers[scope_.worker_index]->sign({&input, 1}, {&output, 1}) != 1) {
    log_event(LogLevel::kError, "feed_checkpoint_failed", {{"tenant", tenant.name}, {"kid", key.kid}});
    return {};
  }
  scope_.metrics.feed_checkpoints.add();
  token.resize(append_jws_signature(token, input_size, signature));
  token.shrink_to_fit();
  return token;
}

}  // namespace signet
