// All plain and keyed hashing of the project goes through here (one place that includes the crypto libraries for it).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "protocol/base/bytes.h"

namespace signet {

using Sha256Digest = std::array<uint8_t, 32>;
using KeyedHash256 = std::array<uint8_t, 32>;
using KeyedHash128 = std::array<uint8_t, 16>;
using HashKey = std::array<uint8_t, 32>;  // secret; holders wipe it

// sha256 (FIPS 180-4). Any thread, does not allocate.
Sha256Digest sha256(ByteSpan message);
// sha256_of: of two parts, one behind the other. Likewise.
Sha256Digest sha256_of(ByteSpan first, ByteSpan second);

// BLAKE2b with a 32-byte key (RFC 7693), 32 or 16 octets out. Any thread, does not allocate.
KeyedHash256 keyed_hash_256(const HashKey& key, ByteSpan message);
KeyedHash128 keyed_hash_128(const HashKey& key, ByteSpan message);

// short_hash: SipHash-2-4, 64 bits. For tables whose keys strangers choose: without the key nobody can make two
// collide. Too short to identify anything. Any thread, does not allocate.
using ShortHashKey = std::array<uint8_t, 16>;  // secret, of this process alone
uint64_t short_hash(const ShortHashKey& key, ByteSpan message);
// SipHash-2-4 with 128 bits out, for tables in memory: unforgeable for who does not know the key, a fraction of
// BLAKE2b's cost for short messages. Never for what leaves the process. Any thread, does not allocate.
ShortHashKey random_short_hash_key();
KeyedHash128 short_hash_128(const ShortHashKey& key, ByteSpan message);

// derive_key: sub-key of `root` for `label` (keyed BLAKE2b-256 of the label with its length first).
HashKey derive_key(const HashKey& root, std::string_view label);

// constant_time_equal: false at once only when the sizes differ; otherwise the time depends on the size alone.
bool constant_time_equal(ByteSpan a, ByteSpan b);

// digest_start initialises the crypto library under this file; call once at start before any thread. Returns false when
// the library refuses.
[[nodiscard]] bool digest_start();

}  // namespace signet
