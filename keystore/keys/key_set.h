// KeySet: the immutable snapshot of every tenant's signing keys as workers read it.
// Invariants: everything in a published KeySet is immutable but for the signers, each used by its own worker only; what
// did not change is shared with the snapshot before (the counts of the pointers are touched by publishers alone).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "keystore/keys/key_life.h"
#include "keystore/keys/tenant_limits.h"
#include "keystore/signing/private_key.h"
#include "keystore/signing/remote_signer.h"
#include "keystore/signing/signer.h"
#include "keystore/signing/verifier.h"
#include "protocol/base/time.h"
#include "protocol/jose/jwk.h"

namespace signet {

// The name of a dialect, as keys carry it: 1 to 32 of a-z0-9-, a letter first.
bool valid_dialect_name(std::string_view name);

// One key as workers see it. Immutable but for the signers, each used by its own worker only.
struct SigningKey {
  std::string kid;
  JwsAlgorithm algorithm{};
  KeyStatus status{};
  std::string audience;  // HMAC keys: the one audience they belong to (empty for asymmetric keys)
  std::string dialect;   // the one dialect it signs for; empty = an ordinary key. One with a dialect has no audience
  std::string encoded_header;  // base64url of {"alg","typ":"at+jwt","kid"}; empty for a dialect's
  size_t signature_size = 0;   // octets
  uint32_t cost_ns = 0;        // estimate when it was prepared, see signature_cost_ns; now: signing_cost_ns
  uint64_t revision = 0;       // changes whenever anything about the key does; never reused
  UnixSeconds created_at = 0;
  UnixSeconds activated_at = 0;  // 0 = not yet
  KeyTerms terms;
  int bits = 0;
  std::string public_jwk;                         // JSON; empty for HMAC
  std::shared_ptr<const PrivateKey> private_key;  // null unless keeps_private_half
  // By worker index; the admin side's is the last one. Of an active key; of one that was active a moment ago, to sign
  // what waits (`signed_as`); of a retiring HMAC key, to check with.
  std::vector<std::unique_ptr<Signer>> signers;
  // Of a key in a token, under the same conditions and instead of signers.
  std::shared_ptr<const RemoteSigner> remote;
  std::string location;    // PKCS#11 URI of the private half, for people; empty = it is, or was, here
  uint64_t signed_as = 0;  // the revision under which what still waits was given to this key; 0 = nothing waits
  // Likewise, of keys whose tokens are checked with the public half: see check_signatures. Else empty.
  std::vector<std::unique_ptr<Verifier>> verifiers;
  uint32_t check_cost_ns = 0;  // likewise of checking one signature, see each_checking_cost_ns
};

// Whether anything signs for it, in this memory or elsewhere.
inline bool can_sign(const SigningKey& key) { return !key.signers.empty() || key.remote != nullptr; }
// signing_cost_ns: one of many signatures with this key as things are now; the lanes may have been given up since it
// was prepared. Any thread.
inline uint32_t signing_cost_ns(const SigningKey& key) {
  const Signer* signer = key.signers.empty() ? nullptr : key.signers.front().get();
  return signer == nullptr ? key.cost_ns : signer->each_cost_ns(key.cost_ns);
}
// What the rules of its life look at.
KeyLife key_life(const SigningKey& key);

// A tenant as the request path sees it.
struct TenantKeys {
  uint32_t tenant = 0;  // number; 0 is `default`
  std::string name;     // path segment: 1-64 of a-z0-9-
  UnixSeconds created_at = 0;
  TenantLimits limits;
  std::string issuer;     // no trailing slash
  std::string jwks;       // rendered RFC 7517 document
  std::string jwks_etag;  // quoted strong entity tag
  std::string metadata;   // rendered RFC 8414 document
  std::string metadata_etag;
  std::vector<UnixSeconds> key_steps;                   // planned for keys of the key set, ascending: see key_set_age.h
  std::vector<std::shared_ptr<const SigningKey>> keys;  // ordered by creation, then kid

  // Look-up tables over `keys`; made by `index`, which the publisher calls after the last change of `keys`. A key of a
  // dialect is in active_of_dialect and ordered_by_revision alone.
  std::array<const SigningKey*, 16> active_asymmetric{};  // by number of the algorithm
  std::vector<const SigningKey*> active_symmetric;        // ordered by algorithm, then audience
  std::vector<const SigningKey*> active_of_dialect;       // ordered by dialect
  std::vector<const SigningKey*> ordered_by_kid;
  std::vector<const SigningKey*> ordered_by_revision;
  std::vector<const SigningKey*> ordered_by_header;
  void index();

  // The active key of an asymmetric algorithm, or of an HMAC algorithm for `audience`; null when there is none.
  const SigningKey* active(JwsAlgorithm algorithm, std::string_view audience) const;
  const SigningKey* by_kid(std::string_view kid) const;
  // The active key of a dialect; null when there is none. None of the look-ups around it finds a dialect's key, so that
  // no ordinary token can be made or checked with one (RFC 8725 3.12), but for by_revision. Does not allocate.
  const SigningKey* dialect_key(std::string_view dialect) const;
  // The key whose tokens begin with this header segment, octet for octet: a token of ours never has another spelling.
  const SigningKey* by_header(std::string_view encoded_header) const;
  // The key as it was at this revision; null when it changed since. How what waits finds its key again.
  const SigningKey* by_revision(uint64_t revision) const;
  // The same for what is on its way: also a key that was active under this revision until a moment ago. O(keys) then.
  const SigningKey* by_late_revision(uint64_t revision) const;
  // For administrators: any key, a dialect's too. O(keys).
  const SigningKey* any_by_kid(std::string_view kid) const;
};

class KeySet {
 public:
  // `default` is found at once, others by binary search. Both null when unknown. Any reader thread between two passes;
  // do not allocate.
  const TenantKeys* tenant(uint32_t number) const;
  const TenantKeys* tenant_by_name(std::string_view name) const;

  std::vector<std::shared_ptr<const TenantKeys>> tenants;  // ordered by number
  std::vector<const TenantKeys*> ordered_by_name;          // made by `index` after the last change of `tenants`
  void index();
};

}  // namespace signet
