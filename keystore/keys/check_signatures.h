// check_signatures: whether tokens were signed by one key, by what is cheapest and still proves it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "keystore/keys/key_set.h"

namespace signet {

// can_check_with: whether worker `worker` can check tokens of this key at all: an active key, or a retiring one: with
// its public half, or an HMAC key with its secret.
bool can_check_with(const SigningKey& key, size_t worker);

// check_signatures tells in held[i] whether signatures[i], each of key.signature_size octets, is the key's over
// inputs[i]. The active key of EdDSA, Ed25519 and HMAC signs again, see Signer::check: to be asked only once header,
// issuer, expiry and shape of a token hold, so that nobody has it sign texts of their making. Returns how many were
// checked from the front; fewer means that the library failed. Only where can_check_with. That worker's thread; does
// not allocate.
size_t check_signatures(const SigningKey& key, size_t worker, std::span<const ByteSpan> inputs,
                        std::span<const ByteSpan> signatures, std::span<bool> held);

// each_checking_cost_ns: what checking one of many tokens takes as things are now, estimated.
uint32_t each_checking_cost_ns(const SigningKey& key, size_t worker);
// checking_cost_ns: what a call of check_signatures for `count` tokens takes, estimated.
uint64_t checking_cost_ns(const SigningKey& key, size_t worker, size_t count);

}  // namespace signet
