#include "protocol/jose/hmac_key.h"

#include "protocol/jose/jwk.h"

namespace signet {

std::expected<HmacKey, HmacKeyError> HmacKey::make(JwsAlgorithm algorithm, std::string_view kid, ByteSpan secret) {
  if (!is_symmetric(algorithm)) return std::unexpected(HmacKeyError::kNotSymmetric);
  if (!kid.empty() && !valid_kid(kid)) return std::unexpected(HmacKeyError::kBadKid);
  if (secret.size() < hmac_size(algorithm)) return std::unexpected(HmacKeyError::kTooShort);
  if (secret.size() > kHmacKeySizeMax) return std::unexpected(HmacKeyError::kTooLong);
  return HmacKey(algorithm, kid, secret);
}

}  // namespace signet
