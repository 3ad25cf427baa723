// Verifier: a public key prepared for one worker, so that checking a signature builds nothing anew. For keys whose
// tokens cannot be checked by signing again: randomised or dear signatures, and keys without their private half.
#pragma once

#include <cstdint>
#include <memory>

#include "protocol/base/bytes.h"
#include "protocol/jose/jwk.h"

namespace signet {

// Thread rule: one thread at a time; a verifier belongs to one worker.
class Verifier {
 public:
  virtual ~Verifier() = default;
  // verify: whether `signature`, in the raw form of JWS, is the key's over `input`. Any size is taken, the wrong one
  // refused. Does not allocate in steady state.
  virtual bool verify(ByteSpan input, ByteSpan signature) = 0;
};

// make_verifier: null when the key is not of its algorithm's kind, or on library failure. Allocates; publisher thread.
std::unique_ptr<Verifier> make_verifier(const Jwk& key);

// public_signature_size: octets of a signature by this key.
size_t public_signature_size(const Jwk& key);

// Rough cost of one verification in nanoseconds, for the budget of a worker's queue.
uint32_t verification_cost_ns(JwsAlgorithm algorithm, int rsa_bits);

}  // namespace signet
