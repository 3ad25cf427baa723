// independent_check: verifies a JWS signature by OpenSSL's EVP_DigestVerify (and one-shot HMAC), sharing no code with
// keystore/signing: keys are rebuilt from the public JWK, messages are hashed by the library.
#pragma once

#include "protocol/base/bytes.h"
#include "protocol/jose/jwk.h"

namespace signet {

bool independent_check(const Jwk& key, ByteSpan message, ByteSpan signature);
bool independent_hmac_check(JwsAlgorithm algorithm, ByteSpan secret, ByteSpan message, ByteSpan signature);

}  // namespace signet
