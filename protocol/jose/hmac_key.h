// HmacKey: a symmetric key for HS256, HS384 or HS512 (RFC 7518 section 3.2). A type of its own, so that no public key
// can ever be taken for a secret (CVE-2015-9235, CVE-2022-29217), and never serialised here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "protocol/base/bytes.h"
#include "protocol/base/secret_bytes.h"
#include "protocol/jose/algorithm.h"

namespace signet {

enum class HmacKeyError : uint8_t {
  kNotSymmetric,  // the algorithm is not HS256, HS384 or HS512
  kTooShort,      // below the size of the hash (RFC 7518 section 3.2); an empty key above all
  kTooLong,       // over kHmacKeySizeMax
  kBadKid,        // not valid_kid
};

inline constexpr size_t kHmacKeySizeMax = 1024;

// Octets of the hash behind a symmetric algorithm, which are also those of its signature and the least of its key.
constexpr size_t hmac_size(JwsAlgorithm algorithm) {
  return algorithm == JwsAlgorithm::kHS256 ? 32 : algorithm == JwsAlgorithm::kHS384 ? 48 : 64;
}

// Movable, not copyable, wiped at its end. Thread rule: any for reading.
class HmacKey {
 public:
  // Copies `secret`; the source is the caller's to wipe. An empty `kid` is allowed: the caller then found the key by
  // other means than the header.
  static std::expected<HmacKey, HmacKeyError> make(JwsAlgorithm algorithm, std::string_view kid, ByteSpan secret);

  JwsAlgorithm algorithm() const { return algorithm_; }
  const std::string& kid() const { return kid_; }
  // The secret itself; valid until this object moves or dies.
  ByteSpan expose() const { return secret_.expose(); }

 private:
  HmacKey(JwsAlgorithm algorithm, std::string_view kid, ByteSpan secret)
      : algorithm_(algorithm), kid_(kid), secret_(SecretBytes::copy_of(secret)) {}

  JwsAlgorithm algorithm_;
  std::string kid_;
  SecretBytes secret_;
};

}  // namespace signet
