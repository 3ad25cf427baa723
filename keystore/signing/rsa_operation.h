// One RSA signature scheme on a prepared key: PS256 (RSASSA-PSS, salt of 32 octets) or RS256 (RSASSA-PKCS1-v1_5), both
// with SHA-256 (RFC 7518 3.3, 3.5).
#pragma once

#include "keystore/signing/lanes/openssl_handles.h"
#include "keystore/signing/signer.h"

namespace signet {

enum class RsaUse : uint8_t { kSign, kVerify };

// rsa_operation prepares `key`, which must outlive the result. Null on library failure.
EvpKeyContext rsa_operation(EVP_PKEY* key, JwsAlgorithm algorithm, RsaUse use);
// rsa_verify checks with a context prepared for kVerify.
bool rsa_verify(EVP_PKEY_CTX* context, ByteSpan message, ByteSpan signature);

// make_rsa_signer signs with `sign_key` and lets nothing out that does not verify with `verify_key` (the same key,
// but in the test of just that). `key` is kept. Null on library failure.
std::unique_ptr<Signer> make_rsa_signer(std::shared_ptr<const PrivateKey> key, JwsAlgorithm algorithm, EvpKey sign_key,
                                        EvpKey verify_key);

}  // namespace signet
