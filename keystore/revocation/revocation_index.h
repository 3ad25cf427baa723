// RevocationIndex: everything that is revoked, as checks ask for it: resident, written by one thread, read by all
// without a lock.
//
// Invariants:
// - One writer: the store's committer (and the opening thread before anything is served). Readers are registered with
//   the QuiescentDomain given, or are the writer itself.
// - What `add` put in is seen by every `revoked` that begins after it returned. The store answers a revocation only
//   after `add`.
// - A table that is full is copied into a larger one bit by bit, with every further call of the writer; until then
//   readers look into the new one and then into the old one. No reader and no commit waits for a copy.
// - Entries leave when nothing that they concern can be alive; until they do they are harmless.
// A look-up compares 80 bits of a hash under a key of this process: among ten million entries, a token that is not
// revoked counts as revoked once in 10^17 look-ups.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <span>
#include <string_view>

#include "keystore/revocation/growing_table.h"
#include "keystore/revocation/restore_point.h"
#include "keystore/revocation/revocation.h"
#include "protocol/base/digest.h"

namespace signet {

// What a restore does to a credential depends on what it is, see RestorePoint.
enum class CredentialKind : uint8_t { kAccessToken, kFamily, kApiToken };

// What a check knows of a token that verifies and has not expired. Views are borrowed for the call.
struct TokenFacts {
  CredentialKind of = CredentialKind::kAccessToken;
  uint32_t tenant = 0;
  std::string_view jti;         // empty = none
  std::string_view token_hash;  // base64url(SHA-256(token)), of tokens without jti
  std::string_view family;      // sid; empty = none
  std::string_view client_id;   // empty = none
  std::string_view subject;     // empty = none
  std::string_view kid;         // empty = none
  UnixMs issued_ms = 0;         // from the jti (jti_time_ms), else iat * 1000
};

class RevocationIndex {
 public:
  explicit RevocationIndex(QuiescentDomain& domain);

  // --- readers: wait-free, do not allocate ---
  // Whether anything revokes the token.
  bool revoked(const TokenFacts& token) const;
  // Whether there is an entry of a kind without "issued before".
  bool contains(uint32_t tenant, RevocationKind kind, std::string_view value) const;
  // Whether an API token of that age waits for an administrator's word since a restore.
  bool api_token_suspended(UnixMs created_ms) const { return created_ms <= api_tokens_suspended_ms(); }
  UnixMs api_tokens_suspended_ms() const { return api_tokens_suspended_ms_.load(std::memory_order_acquire); }
  // The time of a criterion, 0 when there is none: what was issued then or earlier is over.
  UnixMs issued_before(uint32_t tenant, RevocationKind kind, std::string_view value) const;

  // --- the writer; allocates ---
  // Before the first reader: what the last restore left behind.
  void set_restore_point(RestorePoint point);
  // No API token is suspended any more.
  void accept_api_tokens() { api_tokens_suspended_ms_.store(0, std::memory_order_release); }
  void reserve(size_t entries);  // before many `add`: spares the copies
  void add(const Revocation& revocation);
  // The same for many, faster: their places in memory are fetched ahead.
  void add(std::span<const Revocation> revocations);
  // maintain drops some of what had expired kRevocationMarginS before `safe_now` (the store's expiry time; 0 drops
  // nothing) and goes on with a copy under way. To be called with every commit; bounded work.
  void maintain(UnixSeconds safe_now);

  // Any thread; approximate while the writer works.
  struct Figures {
    size_t entries = 0;  // tokens and families
    size_t criteria = 0;
    size_t bytes = 0;
  };
  Figures figures() const;

 private:
  RevocationHash hash(uint32_t tenant, RevocationKind kind, std::string_view value) const;
  void put(const Revocation& revocation, RevocationHash hashed);
  void note_figures();
  bool criterion_holds(uint32_t tenant, RevocationKind kind, std::string_view value, UnixMs issued_ms) const;
  bool tenant_criterion_holds(const TokenFacts& token) const;
  bool any(RevocationKind kind) const { return seen_[static_cast<size_t>(kind)].load(std::memory_order_acquire); }

  ShortHashKey key_;
  GrowingTable entries_;
  GrowingTable criteria_;
  // Kinds of which there was ever an entry: most installations never use most of them, and a check then skips them.
  std::array<std::atomic<bool>, kRevocationKinds> seen_{};
  RestorePoint restore_point_;
  std::atomic<UnixMs> api_tokens_suspended_ms_{0};
  std::atomic<size_t> entry_count_{0};
  std::atomic<size_t> criteria_count_{0};
  std::atomic<size_t> bytes_{0};
  std::array<RevocationHash, 32> ahead_{};  // of add(span); the writer's
  uint16_t ended_ = 0;                      // buckets below have been handed to the tables
};

}  // namespace signet
