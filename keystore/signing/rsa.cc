// RSA keys of 2048, 3072 and 4096 bits with e = 65537 and two primes, by OpenSSL; the two smaller sizes in lanes too.
#include <openssl/core_names.h>
#include <openssl/rsa.h>

#include "keystore/signing/key_material.h"
#include "keystore/signing/lane_rsa_signer.h"
#include "keystore/signing/lanes/rsa/rsa_lane_key.h"
#include "keystore/signing/pkcs8.h"
#include "keystore/signing/rsa_operation.h"
#include "keystore/vault/locked_bytes.h"

namespace signet {
namespace {

bool allowed_bits(int bits) { return bits == 2048 || bits == 3072 || bits == 4096; }

class RsaKey final : public KeyMaterial {
 public:
  // `lane_key` is an RsaLaneKey, or empty for a size that the lanes do not take.
  RsaKey(JwsAlgorithm algorithm, EvpKey key, RsaPublicKey public_key, LockedBytes lane_key)
      : algorithm_(algorithm),
        key_(std::move(key)),
        public_key_(std::move(public_key)),
        lane_key_(std::move(lane_key)) {}

  JwsAlgorithm algorithm() const override { return algorithm_; }
  size_t signature_size() const override { return static_cast<size_t>(EVP_PKEY_get_size(key_.get())); }
  int bits() const override { return EVP_PKEY_get_bits(key_.get()); }
  std::optional<Jwk> public_jwk() const override { return Jwk{.algorithm = algorithm_, .kid = {}, .key = public_key_}; }
  SecretBytes serialise() const override { return write_pkcs8(key_.get()); }
  std::unique_ptr<Signer> new_signer(std::shared_ptr<const PrivateKey> self) const override {
    // Two copies: the blinding of a key has an owner thread and a lock, which workers must not share.
    EvpKey sign_key(EVP_PKEY_dup(key_.get()));
    EvpKey verify_key = evp_public_key(public_key_);
    if (!sign_key || !verify_key) return nullptr;
    auto one_by_one = make_rsa_signer(self, algorithm_, std::move(sign_key), std::move(verify_key));
    if (!one_by_one || lane_key_.empty()) return one_by_one;
    const auto& lane_key = *reinterpret_cast<const lanes::RsaLaneKey*>(lane_key_.expose().data());
    return std::make_unique<LaneRsaSigner>(std::move(self), lane_key, std::move(one_by_one));
  }
  bool matches(ByteSpan message, ByteSpan signature) const override {
    const OpensslErrors errors;
    const EvpKey key = evp_public_key(public_key_);
    const EvpKeyContext context = key ? rsa_operation(key.get(), algorithm_, RsaUse::kVerify) : nullptr;
    return context && rsa_verify(context.get(), message, signature);
  }

 private:
  const JwsAlgorithm algorithm_;
  const EvpKey key_;
  const RsaPublicKey public_key_;
  const LockedBytes lane_key_;
};

// What the lanes need of the key: empty where they do not take its size.
std::expected<LockedBytes, KeyError> lane_key_of(const EVP_PKEY* key) {
  if (!lanes::rsa_lanes_take(EVP_PKEY_get_bits(key))) return LockedBytes();
  const BigNumber n = big_number_parameter(key, OSSL_PKEY_PARAM_RSA_N);
  const BigNumber p = big_number_parameter(key, OSSL_PKEY_PARAM_RSA_FACTOR1);
  const BigNumber q = big_number_parameter(key, OSSL_PKEY_PARAM_RSA_FACTOR2);
  if (!n || !p || !q) return std::unexpected(KeyError::kBadEncoding);
  auto lane_key = LockedBytes::zeroed(sizeof(lanes::RsaLaneKey));
  if (!lane_key) return std::unexpected(KeyError::kNoLockedMemory);
  auto& to = *reinterpret_cast<lanes::RsaLaneKey*>(lane_key->expose_mutable().data());
  if (!lanes::make_rsa_lane_key({n.get(), p.get(), q.get()}, to)) return std::unexpected(KeyError::kLibrary);
  return *std::move(lane_key);
}

std::vector<uint8_t> big_endian(const BIGNUM* number) {
  std::vector<uint8_t> out(static_cast<size_t>(BN_num_bytes(number)));
  BN_bn2bin(number, out.data());
  return out;
}

// Whether d inverts e modulo prime - 1.
bool inverts(const BIGNUM* e, const BIGNUM* d, const BIGNUM* prime, BN_CTX* context) {
  const BigNumber order(BN_dup(prime));
  const BigNumber product(BN_secure_new());
  return order && product && BN_sub_word(order.get(), 1) == 1 &&
         BN_mod_mul(product.get(), e, d, order.get(), context) == 1 && BN_is_one(product.get());
}

// The numbers belong together: n = p q, and d inverts e. The primes themselves are not tested again: that would take
// tenths of a second for each key at every start, of keys made here and sealed since.
bool consistent(const EVP_PKEY* key) {
  const BigNumber n = big_number_parameter(key, OSSL_PKEY_PARAM_RSA_N);
  const BigNumber e = big_number_parameter(key, OSSL_PKEY_PARAM_RSA_E);
  const BigNumber d = big_number_parameter(key, OSSL_PKEY_PARAM_RSA_D);
  const BigNumber p = big_number_parameter(key, OSSL_PKEY_PARAM_RSA_FACTOR1);
  const BigNumber q = big_number_parameter(key, OSSL_PKEY_PARAM_RSA_FACTOR2);
  const BigNumberContext context(BN_CTX_secure_new());
  const BigNumber product(BN_secure_new());
  if (!n || !e || !d || !p || !q || !context || !product) return false;
  if (BN_num_bits(p.get()) != BN_num_bits(q.get()) || BN_cmp(p.get(), q.get()) == 0) return false;
  return BN_mul(product.get(), p.get(), q.get(), context.get()) == 1 && BN_cmp(product.get(), n.get()) == 0 &&
         inverts(e.get(), d.get(), p.get(), context.get()) && inverts(e.get(), d.get(), q.get(), context.get());
}

MadeKey rsa_key(JwsAlgorithm algorithm, EvpKey key) {
  const OpensslErrors errors;
  if (EVP_PKEY_is_a(key.get(), "RSA") != 1) return std::unexpected(KeyError::kUnsupported);
  if (!allowed_bits(EVP_PKEY_get_bits(key.get()))) return std::unexpected(KeyError::kBadSize);
  const BigNumber n = big_number_parameter(key.get(), OSSL_PKEY_PARAM_RSA_N);
  const BigNumber e = big_number_parameter(key.get(), OSSL_PKEY_PARAM_RSA_E);
  if (!n || !e) return std::unexpected(KeyError::kBadEncoding);
  if (BN_is_word(e.get(), RSA_F4) != 1) return std::unexpected(KeyError::kUnsupported);
  if (!consistent(key.get())) return std::unexpected(KeyError::kSelfTestFailed);
  RsaPublicKey half{.n = big_endian(n.get()), .e = big_endian(e.get())};
  auto lane_key = lane_key_of(key.get());
  if (!lane_key) return std::unexpected(lane_key.error());
  return std::make_shared<RsaKey>(algorithm, std::move(key), std::move(half), *std::move(lane_key));
}

}  // namespace

MadeKey generate_rsa_key(JwsAlgorithm algorithm, int bits) {
  const OpensslErrors errors;
  if (!allowed_bits(bits)) return std::unexpected(KeyError::kBadSize);
  EvpKey key(EVP_RSA_gen(static_cast<unsigned>(bits)));
  if (!key) return std::unexpected(KeyError::kLibrary);
  return rsa_key(algorithm, std::move(key));
}

MadeKey load_rsa_key(JwsAlgorithm algorithm, ByteSpan pkcs8) {
  auto key = read_pkcs8(pkcs8);
  if (!key) return std::unexpected(key.error());
  return rsa_key(algorithm, std::move(*key));
}

}  // namespace signet
