// HMAC with SHA-2 (RFC 2104, RFC 7518 3.2). The key is absorbed once into two midstates, which are as secret as the key
// and therefore live in locked memory, as does the state that a signature works in.
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

#include <algorithm>
#include <new>

#include "keystore/signing/key_material.h"
#include "keystore/signing/one_by_one_signer.h"
#include "keystore/signing/sha2.h"
#include "keystore/vault/locked_bytes.h"

namespace signet {
namespace {

constexpr size_t kGeneratedSize = 64;  // as long as the longest output (RFC 7518 3.2 asks for at least the output's)
constexpr size_t kSecretSizeMax = 1024;

size_t output_size(JwsAlgorithm algorithm) {
  switch (algorithm) {
    case JwsAlgorithm::kHS384:
      return Sha384::kDigestSize;
    case JwsAlgorithm::kHS512:
      return Sha512::kDigestSize;
    default:
      return Sha256::kDigestSize;
  }
}

template <typename Hash>
struct Midstates {
  typename Hash::State inner;
  typename Hash::State outer;
  typename Hash::State work;
  uint8_t pad[Hash::kBlockSize];

  void absorb(ByteSpan secret) {
    std::memset(pad, 0, sizeof pad);
    if (secret.size() > sizeof pad) {
      Hash::begin(work);
      Hash::update(work, secret);
      Hash::finish(work, pad);
    } else {
      std::copy(secret.begin(), secret.end(), pad);
    }
    for (uint8_t& octet : pad) octet ^= 0x36;
    Hash::begin(inner);
    Hash::update(inner, pad);
    for (uint8_t& octet : pad) octet ^= 0x36 ^ 0x5c;
    Hash::begin(outer);
    Hash::update(outer, pad);
    wipe(pad);
  }
};

template <typename Hash>
class HmacSigner final : public OneByOneSigner {
 public:
  HmacSigner(std::shared_ptr<const PrivateKey> key, ByteSpan secret, LockedBytes memory)
      : OneByOneSigner(Hash::kDigestSize),
        key_(std::move(key)),
        memory_(std::move(memory)),
        states_(new(memory_.expose_mutable().data()) Midstates<Hash>) {
    states_->absorb(secret);
  }

  bool can_check() const override { return true; }

 private:
  bool sign_one(ByteSpan message, MutableByteSpan out) override {
    auto& work = states_->work;
    work = states_->inner;
    Hash::update(work, message);
    Hash::finish(work, out.data());
    work = states_->outer;
    Hash::update(work, out);
    Hash::finish(work, out.data());
    return true;
  }

  const std::shared_ptr<const PrivateKey> key_;
  LockedBytes memory_;
  Midstates<Hash>* const states_;  // in memory_; trivially destructible
};

template <typename Hash>
std::unique_ptr<Signer> hmac_signer(std::shared_ptr<const PrivateKey> key, ByteSpan secret) {
  auto memory = LockedBytes::zeroed(sizeof(Midstates<Hash>));
  if (!memory) return nullptr;
  return std::make_unique<HmacSigner<Hash>>(std::move(key), secret, std::move(*memory));
}

class HmacKey final : public KeyMaterial {
 public:
  HmacKey(JwsAlgorithm algorithm, LockedBytes secret) : algorithm_(algorithm), secret_(std::move(secret)) {}

  JwsAlgorithm algorithm() const override { return algorithm_; }
  size_t signature_size() const override { return output_size(algorithm_); }
  int bits() const override { return 0; }
  std::optional<Jwk> public_jwk() const override { return std::nullopt; }
  SecretBytes serialise() const override { return SecretBytes::copy_of(secret_.expose()); }
  std::unique_ptr<Signer> new_signer(std::shared_ptr<const PrivateKey> self) const override {
    switch (algorithm_) {
      case JwsAlgorithm::kHS384:
        return hmac_signer<Sha384>(std::move(self), secret_.expose());
      case JwsAlgorithm::kHS512:
        return hmac_signer<Sha512>(std::move(self), secret_.expose());
      default:
        return hmac_signer<Sha256>(std::move(self), secret_.expose());
    }
  }
  bool matches(ByteSpan message, ByteSpan signature) const override;

 private:
  const JwsAlgorithm algorithm_;
  const LockedBytes secret_;
};

bool HmacKey::matches(ByteSpan message, ByteSpan signature) const {
  const EVP_MD* hash = algorithm_ == JwsAlgorithm::kHS384   ? EVP_sha384()
                       : algorithm_ == JwsAlgorithm::kHS512 ? EVP_sha512()
                                                            : EVP_sha256();
  uint8_t expected[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  const bool done = HMAC(hash, secret_.expose().data(), static_cast<int>(secret_.size()), message.data(),
                         message.size(), expected, &size) != nullptr;
  const bool same = done && size == signature.size() && sodium_memcmp(expected, signature.data(), size) == 0;
  wipe(expected);
  return same;
}

MadeKey copy_hmac_key(JwsAlgorithm algorithm, ByteSpan secret) {
  auto copy = LockedBytes::copy_of(secret);
  if (!copy) return std::unexpected(KeyError::kNoLockedMemory);
  return std::make_shared<HmacKey>(algorithm, std::move(*copy));
}

}  // namespace

MadeKey load_hmac_key(JwsAlgorithm algorithm, ByteSpan secret) {
  // RFC 7518 3.2: at least as long as the output. A zero-length key cannot exist (CVE-2022-29217 and its kin).
  if (secret.size() < output_size(algorithm) || secret.size() > kSecretSizeMax) {
    return std::unexpected(KeyError::kBadSize);
  }
  return copy_hmac_key(algorithm, secret);
}

std::expected<std::shared_ptr<const PrivateKey>, KeyError> load_foreign_hmac_key(JwsAlgorithm algorithm,
                                                                                 ByteSpan secret) {
  if (!is_symmetric(algorithm)) return std::unexpected(KeyError::kUnsupported);
  if (secret.empty() || secret.size() > kSecretSizeMax) return std::unexpected(KeyError::kBadSize);
  return copy_hmac_key(algorithm, secret);
}

MadeKey generate_hmac_key(JwsAlgorithm algorithm) {
  auto secret = LockedBytes::zeroed(kGeneratedSize);
  if (!secret) return std::unexpected(KeyError::kNoLockedMemory);
  randombytes_buf(secret->expose_mutable().data(), secret->size());
  return std::make_shared<HmacKey>(algorithm, std::move(*secret));
}

}  // namespace signet
