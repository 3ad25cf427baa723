// OpenSSL 3.0 marks these functions as deprecated in favour of EVP, whose contexts can only be copied by allocating: an
// HMAC from a kept midstate is three times as fast this way (bench/signing_bench.cc). They are still what EVP calls.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "keystore/signing/sha2.h"

namespace signet {

// The results are not looked at: these functions cannot fail with valid arguments.
void Sha256::begin(State& state) { SHA256_Init(&state); }
void Sha256::update(State& state, ByteSpan bytes) { SHA256_Update(&state, bytes.data(), bytes.size()); }
void Sha256::finish(State& state, uint8_t* digest) { SHA256_Final(digest, &state); }

void Sha512::begin(State& state) { SHA512_Init(&state); }
void Sha512::update(State& state, ByteSpan bytes) { SHA512_Update(&state, bytes.data(), bytes.size()); }
// Writes 48 octets for a state begun by Sha384.
void Sha512::finish(State& state, uint8_t* digest) { SHA512_Final(digest, &state); }

void Sha384::begin(State& state) { SHA384_Init(&state); }

}  // namespace signet
