// OpenSSL 3.0 marks SHA256_* as deprecated in favour of EVP, which takes its contexts from the heap.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "protocol/base/digest.h"

#include <openssl/sha.h>
#include <sodium.h>

#include "protocol/base/check.h"

namespace signet {
namespace {

void keyed_blake2b(MutableByteSpan out, const HashKey& key, ByteSpan message) {
  // Fails only for sizes out of range, which the types exclude.
  SIGNET_CHECK(crypto_generichash(out.data(), out.size(), message.data(), message.size(), key.data(), key.size()) == 0);
}

}  // namespace

Sha256Digest sha256(ByteSpan message) { return sha256_of(message, {}); }

Sha256Digest sha256_of(ByteSpan first, ByteSpan second) {
  static_assert(SHA256_DIGEST_LENGTH == sizeof(Sha256Digest));
  // OpenSSL's and not libsodium's, which never uses the processor's own instructions: the chain hash over every commit
  // was half of what the committer did for a rotation (bench/README.md).
  SHA256_CTX state;
  Sha256Digest digest;
  const bool hashed = SHA256_Init(&state) == 1 && SHA256_Update(&state, first.data(), first.size()) == 1 &&
                      SHA256_Update(&state, second.data(), second.size()) == 1 &&
                      SHA256_Final(digest.data(), &state) == 1;
  SIGNET_CHECK(hashed);
  return digest;
}

KeyedHash256 keyed_hash_256(const HashKey& key, ByteSpan message) {
  KeyedHash256 out;
  keyed_blake2b(out, key, message);
  return out;
}

KeyedHash128 keyed_hash_128(const HashKey& key, ByteSpan message) {
  KeyedHash128 out;
  keyed_blake2b(out, key, message);
  return out;
}

uint64_t short_hash(const ShortHashKey& key, ByteSpan message) {
  static_assert(crypto_shorthash_BYTES == sizeof(uint64_t) && crypto_shorthash_KEYBYTES == sizeof(ShortHashKey));
  std::array<uint8_t, crypto_shorthash_BYTES> out;
  crypto_shorthash(out.data(), message.data(), message.size(), key.data());
  uint64_t number = 0;
  for (size_t i = 0; i < out.size(); ++i) number |= uint64_t{out[i]} << (8 * i);
  return number;
}

ShortHashKey random_short_hash_key() {
  ShortHashKey key;
  static_assert(crypto_shorthash_siphashx24_KEYBYTES == sizeof(ShortHashKey));
  randombytes_buf(key.data(), key.size());
  return key;
}

KeyedHash128 short_hash_128(const ShortHashKey& key, ByteSpan message) {
  KeyedHash128 out;
  static_assert(crypto_shorthash_siphashx24_BYTES == sizeof(KeyedHash128));
  crypto_shorthash_siphashx24(out.data(), message.data(), message.size(), key.data());
  return out;
}

HashKey derive_key(const HashKey& root, std::string_view label) {
  crypto_generichash_state state;
  // The length first, as eight octets: no label is a prefix of another's input.
  uint8_t size[8];
  for (unsigned i = 0; i < 8; ++i) size[i] = static_cast<uint8_t>(uint64_t{label.size()} >> (56 - 8 * i));
  HashKey key;
  SIGNET_CHECK(crypto_generichash_init(&state, root.data(), root.size(), key.size()) == 0);
  crypto_generichash_update(&state, size, sizeof size);
  crypto_generichash_update(&state, as_bytes(label).data(), label.size());
  crypto_generichash_final(&state, key.data(), key.size());
  sodium_memzero(&state, sizeof state);
  return key;
}

bool constant_time_equal(ByteSpan a, ByteSpan b) {
  // A tenth of the general one's time for a digest or a signature, and as constant.
  if (a.size() == 64 && b.size() == 64) return crypto_verify_64(a.data(), b.data()) == 0;
  if (a.size() == 32 && b.size() == 32) return crypto_verify_32(a.data(), b.data()) == 0;
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

bool digest_start() { return sodium_init() >= 0; }

}  // namespace signet
