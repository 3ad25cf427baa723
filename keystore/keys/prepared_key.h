// PreparedKey: one signing key opened, checked and furnished with its signers, before it is part of a snapshot.
// Preparing is the slow part (an RSA pairwise test takes milliseconds) and may be done on any thread ahead of
// publication.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>

#include "keystore/keys/key_set.h"

namespace signet {

// What is known of a stored key; the private half is open already.
struct KeySource {
  std::string kid;
  JwsAlgorithm algorithm{};
  KeyStatus status{};
  std::string audience;    // HMAC only, and then required; none for a key of a dialect
  std::string dialect;     // empty = an ordinary key
  std::string public_jwk;  // JSON; empty for HMAC
  UnixSeconds created_at = 0;
  UnixSeconds activated_at = 0;
  KeyTerms terms;
  uint64_t revision = 0;
  uint64_t signed_as = 0;  // of a retiring key that still has to sign what waits: see SigningKey
  int bits = 0;
  std::string location;                           // see SigningKey
  std::shared_ptr<const PrivateKey> private_key;  // null unless keeps_private_half, or signed_as
};

struct PreparedKey {
  std::unique_ptr<SigningKey> key;
  std::optional<Jwk> public_jwk;  // with the kid; nothing for HMAC
};

// prepare_key checks that the parts belong together (one key, one algorithm: RFC 8725 3.1; the public half is that of
// the private one; an HMAC key has either an audience or a dialect, and no public half) and makes `signer_count`
// signers for a key that signs or checks with its private half. The error says what is wrong, without key material. Any
// thread; allocates.
std::expected<PreparedKey, std::string> prepare_key(KeySource source, size_t signer_count);

}  // namespace signet
