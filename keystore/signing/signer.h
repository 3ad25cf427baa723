// Signer: per-worker, per-key signing state (reused library contexts, HMAC midstates) behind the group seam
// sign(span of inputs, span of outputs). Which library signs which algorithm was decided by bench/ (see README.md
// here).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "keystore/signing/private_key.h"
#include "protocol/base/bytes.h"

namespace signet {

// Thread rule: one thread at a time; a signer belongs to one worker.
class Signer {
 public:
  virtual ~Signer() = default;
  // How many messages one call signs best at once: 1 for the portable signers.
  virtual size_t group_width() const = 0;
  // each_cost_ns: what one of many signatures takes now, where signature_cost_ns said `each_ns` when the key was
  // prepared: more once the lanes have been given up. Any thread.
  virtual uint32_t each_cost_ns(uint32_t each_ns) const { return each_ns; }
  // cost_ns: what signing `count` of them at once takes, by signature_cost_ns for each.
  virtual uint64_t cost_ns(size_t count, uint32_t each_ns) const { return count * uint64_t{each_ns}; }
  // sign writes the raw JWS signature of inputs[i] to outputs[i], each exactly signature_size() octets. Returns how
  // many were signed from the front; fewer than inputs.size() means the library failed at that one (nothing of it is
  // in the output). RSA signatures are verified before they leave.
  virtual size_t sign(std::span<const ByteSpan> inputs, std::span<const MutableByteSpan> outputs) = 0;
  // can_check tells whether the algorithm gives a message one signature alone, so that signing again proves one (EdDSA,
  // Ed25519, HMAC). The others are checked with the public half, see verifier.h.
  virtual bool can_check() const { return false; }
  // check signs each input again and compares with signatures[i], of exactly signature_size() octets, in constant time;
  // held[i] tells whether they agree. What it computed never leaves and is wiped: for who holds a forged token it
  // would be the right signature. Returns how many were checked from the front, as `sign` does; the rest of `held` is
  // false. Only where can_check; as dear as signing, does not allocate.
  virtual size_t check(std::span<const ByteSpan> inputs, std::span<const ByteSpan> signatures, std::span<bool> held);
};

// make_signer: `key` is kept alive by the signer. Nothing on library failure. Allocates; publisher thread.
std::unique_ptr<Signer> make_signer(std::shared_ptr<const PrivateKey> key);

// Rough cost of one of many signatures in nanoseconds, for the 1 ms budget and fairness classes.
uint32_t signature_cost_ns(JwsAlgorithm algorithm, int rsa_bits);

}  // namespace signet
