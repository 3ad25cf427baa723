// Keys of Ed25519 (RFC 8032), under both registered names: EdDSA (RFC 8037) and Ed25519 (RFC 9864).
#include <sodium.h>

#include "keystore/signing/key_material.h"
#include "keystore/signing/lane_ed25519_signer.h"
#include "keystore/signing/lanes/ed25519_lane_key.h"
#include "keystore/vault/locked_bytes.h"

namespace signet {
namespace {

constexpr size_t kSeedSize = crypto_sign_SEEDBYTES;
constexpr size_t kSignatureSize = crypto_sign_BYTES;

// Locked memory is aligned for every type.
lanes::Ed25519LaneKey* lane_key_of(MutableByteSpan octets) {
  return reinterpret_cast<lanes::Ed25519LaneKey*>(octets.data());
}
const lanes::Ed25519LaneKey* lane_key_of(ByteSpan octets) {
  return reinterpret_cast<const lanes::Ed25519LaneKey*>(octets.data());
}

class Ed25519Key final : public KeyMaterial {
 public:
  // `lane_key` is zeroed.
  Ed25519Key(JwsAlgorithm algorithm, LockedBytes seed_and_public, LockedBytes lane_key)
      : algorithm_(algorithm), seed_and_public_(std::move(seed_and_public)), lane_key_(std::move(lane_key)) {
    lanes::make_ed25519_lane_key(seed_and_public_.expose(), *lane_key_of(lane_key_.expose_mutable()));
  }

  JwsAlgorithm algorithm() const override { return algorithm_; }
  size_t signature_size() const override { return kSignatureSize; }
  int bits() const override { return 0; }
  std::optional<Jwk> public_jwk() const override {
    OkpPublicKey key;
    std::memcpy(key.x.data(), public_half().data(), key.x.size());
    return Jwk{.algorithm = algorithm_, .kid = {}, .key = key};
  }
  SecretBytes serialise() const override { return SecretBytes::copy_of(seed_and_public_.expose().first(kSeedSize)); }
  std::unique_ptr<Signer> new_signer(std::shared_ptr<const PrivateKey> self) const override {
    return std::make_unique<LaneEd25519Signer>(std::move(self), seed_and_public_.expose(),
                                               *lane_key_of(lane_key_.expose()));
  }
  bool matches(ByteSpan message, ByteSpan signature) const override {
    return signature.size() == kSignatureSize &&
           crypto_sign_verify_detached(signature.data(), message.data(), message.size(), public_half().data()) == 0;
  }

 private:
  ByteSpan public_half() const { return seed_and_public_.expose().subspan(kSeedSize); }
  const JwsAlgorithm algorithm_;
  const LockedBytes seed_and_public_;  // libsodium's secret key: seed, then public key
  LockedBytes lane_key_;
};

}  // namespace

MadeKey load_ed25519_key(JwsAlgorithm algorithm, ByteSpan seed) {
  // Only the seed is ever read: a public key from elsewhere beside it would let two signatures of one message under two
  // public keys reveal the private one. Here it is always derived anew.
  if (seed.size() != kSeedSize) return std::unexpected(KeyError::kBadSize);
  auto secret = LockedBytes::zeroed(crypto_sign_SECRETKEYBYTES);
  if (!secret) return std::unexpected(KeyError::kNoLockedMemory);
  uint8_t public_key[crypto_sign_PUBLICKEYBYTES];
  if (crypto_sign_seed_keypair(public_key, secret->expose_mutable().data(), seed.data()) != 0) {
    return std::unexpected(KeyError::kLibrary);
  }
  auto lane_key = LockedBytes::zeroed(sizeof(lanes::Ed25519LaneKey));
  if (!lane_key) return std::unexpected(KeyError::kNoLockedMemory);
  return std::make_shared<Ed25519Key>(algorithm, std::move(*secret), std::move(*lane_key));
}

MadeKey generate_ed25519_key(JwsAlgorithm algorithm) {
  auto seed = LockedBytes::zeroed(kSeedSize);
  if (!seed) return std::unexpected(KeyError::kNoLockedMemory);
  randombytes_buf(seed->expose_mutable().data(), seed->size());
  return load_ed25519_key(algorithm, seed->expose());
}

}  // namespace signet
