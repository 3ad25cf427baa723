#include "tests/keystore/signing/lanes/rsa/test_key.h"

#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/rsa.h>

#include "keystore/signing/lanes/rsa/rsa_lane_key.h"

namespace signet::lanes {
namespace {

struct FreeNumber {
  void operator()(BIGNUM* number) const { BN_clear_free(number); }
};
using Number = std::unique_ptr<BIGNUM, FreeNumber>;

Number parameter_of(const EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  EXPECT_EQ(EVP_PKEY_get_bn_param(key, name, &number), 1) << name;
  return Number(number);
}

}  // namespace

TestKey::TestKey(int bits) : key_(EVP_RSA_gen(static_cast<unsigned>(bits))), lanes_(std::make_unique<RsaLaneKey>()) {
  const auto get = [this](const char* name) { return parameter_of(key_.get(), name); };
  const Number n = get(OSSL_PKEY_PARAM_RSA_N), p = get(OSSL_PKEY_PARAM_RSA_FACTOR1),
               q = get(OSSL_PKEY_PARAM_RSA_FACTOR2);
  EXPECT_TRUE(make_rsa_lane_key({n.get(), p.get(), q.get()}, *lanes_));
  for (const bool to_sign : {false, true}) {
    for (const RsaScheme scheme : {RsaScheme::kPkcs1, RsaScheme::kPss}) {
      contexts_[to_sign ? 1 : 0][static_cast<int>(scheme)] = prepared(to_sign, scheme);
    }
  }
}

TestKey::Context TestKey::prepared(bool to_sign, RsaScheme scheme) const {
  Context context(EVP_PKEY_CTX_new(key_.get(), nullptr));
  const bool pss = scheme == RsaScheme::kPss;
  EXPECT_EQ(to_sign ? EVP_PKEY_sign_init(context.get()) : EVP_PKEY_verify_init(context.get()), 1);
  EXPECT_EQ(EVP_PKEY_CTX_set_rsa_padding(context.get(), pss ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING), 1);
  EXPECT_EQ(EVP_PKEY_CTX_set_signature_md(context.get(), EVP_sha256()), 1);
  if (pss) {
    EXPECT_EQ(EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), EVP_sha256()), 1);
    EXPECT_EQ(EVP_PKEY_CTX_set_rsa_pss_saltlen(context.get(), 32), 1);
  }
  return context;
}

BigNumber TestKey::number(const char* parameter) const {
  const Number number = parameter_of(key_.get(), parameter);
  const std::unique_ptr<char, decltype([](char* text) { OPENSSL_free(text); })> text(BN_bn2hex(number.get()));
  return BigNumber::of_hex(text.get());
}

std::vector<uint8_t> TestKey::sign(std::span<const uint8_t> digest, RsaScheme scheme) const {
  std::vector<uint8_t> signature(octets());
  size_t size = signature.size();
  EXPECT_EQ(EVP_PKEY_sign(contexts_[1][static_cast<int>(scheme)].get(), signature.data(), &size, digest.data(),
                          digest.size()),
            1);
  return signature;
}

bool TestKey::verifies(std::span<const uint8_t> digest, std::span<const uint8_t> signature, RsaScheme scheme) const {
  return EVP_PKEY_verify(contexts_[0][static_cast<int>(scheme)].get(), signature.data(), signature.size(),
                         digest.data(), digest.size()) == 1;
}

const TestKey& key_of(int bits) {
  static const TestKey two(2048), three(3072);
  return bits == 2048 ? two : three;
}

}  // namespace signet::lanes
