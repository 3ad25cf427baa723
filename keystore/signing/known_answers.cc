#include "keystore/signing/known_answers.h"

#include <algorithm>
#include <array>

#include "keystore/signing/key_material.h"
#include "keystore/signing/known_vectors.h"

namespace signet {
namespace {

using enum JwsAlgorithm;

bool randomised(JwsAlgorithm algorithm) { return algorithm == kES256 || algorithm == kPS256; }

}  // namespace

std::span<const KnownAnswer> known_answers() {
  using namespace known;
  static const std::array answers{
      KnownAnswer{kEdDSA, kEd25519Seed, kEd25519Message, kEd25519Signature},
      KnownAnswer{kEd25519, kEd25519Seed, kEd25519Message, kEd25519Signature},
      KnownAnswer{kES256, kP256Key, as_bytes(kP256Message), kP256Signature},
      KnownAnswer{kPS256, kRsaKey, as_bytes(kRsaMessage), {}},
      KnownAnswer{kRS256, kRsaKey, as_bytes(kRsaMessage), kRsaSignature},
      KnownAnswer{kHS256, kHmacKey, as_bytes(kHmacMessage), kHmacSha256},
      KnownAnswer{kHS384, kHmacKey, as_bytes(kHmacMessage), kHmacSha384},
      KnownAnswer{kHS512, kHmacKey, as_bytes(kHmacMessage), kHmacSha512},
  };
  return answers;
}

bool known_answer_holds(const KnownAnswer& known) {
  const MadeKey key = load_key_material(known.algorithm, known.key);
  if (!key || !pairwise_test(*key)) return false;
  if (!known.signature.empty() && !(*key)->matches(known.message, known.signature)) return false;
  if (randomised(known.algorithm)) return true;

  const std::unique_ptr<Signer> signer = (*key)->new_signer(*key);
  std::array<uint8_t, 512> buffer;
  const MutableByteSpan out = MutableByteSpan(buffer).first((*key)->signature_size());
  return signer && signer->sign({&known.message, 1}, {&out, 1}) == 1 && std::ranges::equal(out, known.signature);
}

std::optional<JwsAlgorithm> failing_known_answer() {
  for (const KnownAnswer& known : known_answers()) {
    if (!known_answer_holds(known)) return known.algorithm;
  }
  return std::nullopt;
}

}  // namespace signet
