// PKCS#8 (RFC 5958) DER of EC and RSA private keys, and public keys built from a JWK alone.
#pragma once

#include <expected>

#include "keystore/signing/lanes/openssl_handles.h"
#include "keystore/signing/private_key.h"

namespace signet {

// read_pkcs8: exactly one unencrypted PrivateKeyInfo and nothing after it. kBadEncoding otherwise.
std::expected<EvpKey, KeyError> read_pkcs8(ByteSpan der);
// is_sound: every check that the library has for such a key; of RSA also whether the primes are prime. For keys that
// were made elsewhere. Blocks for some milliseconds.
bool is_sound(EVP_PKEY* key);
// ed25519_seed: the 32 octets of an Ed25519 private key (RFC 8410). Nothing when it is of another kind.
std::optional<SecretBytes> ed25519_seed(const EVP_PKEY* key);
// write_pkcs8: empty when the library fails.
SecretBytes write_pkcs8(const EVP_PKEY* key);

// big_number_parameter reads a number of a key by its OSSL_PKEY_PARAM_* name; null when it has none.
BigNumber big_number_parameter(const EVP_PKEY* key, const char* name);

// evp_public_key builds a key with no private half. Null: not a valid key, or library failure.
EvpKey evp_public_key(const EcPublicKey& key);
EvpKey evp_public_key(const RsaPublicKey& key);

}  // namespace signet
