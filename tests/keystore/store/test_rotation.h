// What a worker and the holder of a token do around Store::rotate_family, for tests: keep tokens, ask with them, derive
// successors.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>

#include "tests/keystore/store/store_harness.h"

namespace signet::store {

inline constexpr uint32_t kGraceMs = 30'000;
inline constexpr uint32_t kIdleS = 30 * 86400;
inline constexpr UnixSeconds kAbsoluteS = UnixSeconds{365} * 86400;

// A request whose completion can be waited for.
class TestRotation final : public RotationRequest {
 public:
  void completed() override {
    const std::lock_guard lock(mutex_);
    done_ = true;
    told_.notify_all();
  }
  RotationVerdict wait() {
    std::unique_lock lock(mutex_);
    told_.wait(lock, [this] { return done_; });
    return verdict;
  }
  // Of the successor that this request would lead to, by what was presented.
  RefreshToken presented;

 private:
  std::mutex mutex_;
  std::condition_variable told_;
  bool done_ = false;
};

// Fills a request as a worker does for this token of the client.
inline void fill_rotation(TestRotation& request, const RefreshKeys& keys, const RefreshToken& token,
                          const std::string& client_id, const RefreshSalt& salt) {
  request.presented = token;
  request.family = token.family;
  request.sequence = token.sequence;
  request.hash = hash_refresh_secret(keys, token.family, token.sequence, token.secret);
  request.client_id = client_id;
  request.salt = salt;
  request.successor_key_version = 1;
  request.successor_hash =
      hash_refresh_secret(keys, token.family, token.sequence + 1,
                          next_refresh_secret(keys, token.secret, token.family, token.sequence + 1, request.salt));
  request.window_ms = kGraceMs;
  request.idle_s = kIdleS;
}

// The token that an answered request gives its client.
inline RefreshToken successor_of(const TestRotation& request, const RefreshKeys& keys) {
  const RefreshToken& from = request.presented;
  const uint32_t sequence = request.rotation.sequence;
  return {.key_version = request.rotation.key_version,
          .family = from.family,
          .sequence = sequence,
          .secret = next_refresh_secret(keys, from.secret, from.family, sequence, request.rotation.salt)};
}

// A family as it begins, with its first token.
inline RefreshFamily family_of(const RefreshToken& first, const RefreshKeys& keys, const std::string& client_id,
                               UnixMs created_ms) {
  const UnixSeconds now = created_ms / 1000;
  RefreshFamily family{.id = first.family,
                       .client_id = client_id,
                       .subject = client_id,
                       .scope = "a.read a.write",
                       .audiences = {"urn:demo", "https://rs.example"},
                       .created_ms = created_ms,
                       .idle_expires_at = now + kIdleS,
                       .absolute_expires_at = now + kAbsoluteS};
  family.rotation.current_hash = hash_refresh_secret(keys, first.family, 1, first.secret);
  return family;
}

}  // namespace signet::store
