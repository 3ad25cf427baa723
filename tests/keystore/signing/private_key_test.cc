#include "keystore/signing/private_key.h"

#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <algorithm>

#include "keystore/signing/known_answers.h"
#include "keystore/signing/pkcs8.h"

namespace signet {
namespace {

using enum JwsAlgorithm;

std::vector<uint8_t> pkcs8_of(EvpKey key) {
  const SecretBytes der = write_pkcs8(key.get());
  return {der.expose().begin(), der.expose().end()};
}

// An RSA key with another public exponent.
EvpKey rsa_with_exponent(unsigned bits, unsigned long exponent, const char* type = "RSA") {
  const EvpKeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  const BigNumber e(BN_new());
  BN_set_word(e.get(), exponent);
  EVP_PKEY* key = nullptr;
  EVP_PKEY_keygen_init(context.get());
  EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), static_cast<int>(bits));
  EVP_PKEY_CTX_set1_rsa_keygen_pubexp(context.get(), e.get());
  EVP_PKEY_keygen(context.get(), &key);
  return EvpKey(key);
}

std::vector<uint8_t> known_key(JwsAlgorithm algorithm) {
  for (const KnownAnswer& known : known_answers()) {
    if (known.algorithm == algorithm) return {known.key.begin(), known.key.end()};
  }
  return {};
}

KeyError load_error(JwsAlgorithm algorithm, ByteSpan encoded) {
  const auto loaded = load_private_key(algorithm, encoded);
  EXPECT_FALSE(loaded);
  return loaded ? KeyError{255} : loaded.error();
}

class PrivateKeyTest : public testing::TestWithParam<JwsAlgorithm> {};

TEST_P(PrivateKeyTest, SerialisedKeyLoadsAsTheSameKey) {
  const auto made = generate_private_key(GetParam(), 2048);
  ASSERT_TRUE(made);
  const SecretBytes encoded = (*made)->serialise();
  const auto loaded = load_private_key(GetParam(), encoded.expose());
  ASSERT_TRUE(loaded);
  EXPECT_EQ((*loaded)->algorithm(), GetParam());
  EXPECT_EQ((*loaded)->signature_size(), (*made)->signature_size());
  EXPECT_EQ((*loaded)->bits(), is_rsa(GetParam()) ? 2048 : 0);
  EXPECT_TRUE(std::ranges::equal((*loaded)->serialise().expose(), encoded.expose()));
  EXPECT_EQ((*loaded)->public_jwk().has_value(), !is_symmetric(GetParam()));
}

TEST_P(PrivateKeyTest, RefusesEachTruncation) {
  const auto made = generate_private_key(GetParam(), 2048);
  ASSERT_TRUE(made);
  const SecretBytes encoded = (*made)->serialise();
  const size_t minimum = GetParam() == kHS256 ? 32 : GetParam() == kHS384 ? 48 : encoded.size();
  const size_t step = is_rsa(GetParam()) ? 13 : 1;
  for (size_t size = 0; size < minimum; size += step) {
    EXPECT_FALSE(load_private_key(GetParam(), encoded.expose().first(size))) << size;
  }
}

TEST_P(PrivateKeyTest, RefusesAnEmptyKey) { EXPECT_FALSE(load_private_key(GetParam(), {})); }

TEST_P(PrivateKeyTest, RefusesWhatIsTooLong) {
  EXPECT_FALSE(load_private_key(GetParam(), std::vector<uint8_t>(100'000, 0x30)));
}

INSTANTIATE_TEST_SUITE_P(EveryAlgorithm, PrivateKeyTest, testing::ValuesIn(kAllJwsAlgorithms));

TEST(PrivateKeySizesTest, SignatureSizes) {
  EXPECT_EQ((*generate_private_key(kEdDSA, 0))->signature_size(), 64U);
  EXPECT_EQ((*generate_private_key(kES256, 0))->signature_size(), 64U);
  EXPECT_EQ((*generate_private_key(kHS256, 0))->signature_size(), 32U);
  EXPECT_EQ((*generate_private_key(kHS384, 0))->signature_size(), 48U);
  EXPECT_EQ((*generate_private_key(kHS512, 0))->signature_size(), 64U);
  const auto rsa = generate_private_key(kPS256, 3072);
  ASSERT_TRUE(rsa);
  EXPECT_EQ((*rsa)->signature_size(), 384U);
  EXPECT_EQ((*rsa)->bits(), 3072);
  EXPECT_EQ(std::get<RsaPublicKey>((*rsa)->public_jwk()->key).n.size(), 384U);
}

TEST(PrivateKeySizesTest, RefusesRsaSizesThatAreNotOffered) {
  for (const int bits : {-1, 0, 512, 1024, 2047, 2056, 3071, 5120, 8192, 16384}) {
    const auto made = generate_private_key(kRS256, bits);
    ASSERT_FALSE(made) << bits;
    EXPECT_EQ(made.error(), KeyError::kBadSize) << bits;
  }
}

// RFC 7518 3.2: an HMAC key is at least as long as the hash's output; one of no octets cannot exist.
TEST(PrivateKeySizesTest, RefusesHmacKeysShorterThanTheOutput) {
  const std::vector<uint8_t> secret(2000, 0x5a);
  const struct {
    JwsAlgorithm algorithm;
    size_t least;
  } cases[] = {{kHS256, 32}, {kHS384, 48}, {kHS512, 64}};
  for (const auto& [algorithm, least] : cases) {
    EXPECT_EQ(load_error(algorithm, ByteSpan(secret).first(0)), KeyError::kBadSize);
    EXPECT_EQ(load_error(algorithm, ByteSpan(secret).first(least - 1)), KeyError::kBadSize);
    EXPECT_TRUE(load_private_key(algorithm, ByteSpan(secret).first(least)));
    EXPECT_TRUE(load_private_key(algorithm, ByteSpan(secret).first(1024)));
    EXPECT_EQ(load_error(algorithm, ByteSpan(secret).first(1025)), KeyError::kBadSize);
  }
}

TEST(PrivateKeySizesTest, RefusesSeedsOfAnotherSize) {
  const std::vector<uint8_t> bytes(64, 7);
  EXPECT_EQ(load_error(kEdDSA, ByteSpan(bytes).first(31)), KeyError::kBadSize);
  EXPECT_EQ(load_error(kEdDSA, ByteSpan(bytes).first(33)), KeyError::kBadSize);
  // Seed and public key together: would allow a public key that does not belong to the seed.
  EXPECT_EQ(load_error(kEd25519, bytes), KeyError::kBadSize);
}

TEST(PrivateKeyLoadTest, RefusesAnUnknownAlgorithm) {
  EXPECT_EQ(generate_private_key(JwsAlgorithm{0}, 2048).error(), KeyError::kUnsupported);
  EXPECT_EQ(load_error(JwsAlgorithm{99}, std::vector<uint8_t>(32)), KeyError::kUnsupported);
}

TEST(PrivateKeyLoadTest, RefusesOtherCurves) {
  for (const char* curve : {"P-384", "P-521", "secp256k1", "P-224", "brainpoolP256r1"}) {
    EvpKey key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve));
    ASSERT_NE(key, nullptr) << curve;
    EXPECT_EQ(load_error(kES256, pkcs8_of(std::move(key))), KeyError::kUnsupported) << curve;
  }
}

// CVE-2020-0601: curve parameters inside the key.
TEST(PrivateKeyLoadTest, RefusesExplicitCurveParameters) {
  EvpKey key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  ASSERT_EQ(EVP_PKEY_set_utf8_string_param(key.get(), "encoding", "explicit"), 1);
  EXPECT_EQ(load_error(kES256, pkcs8_of(std::move(key))), KeyError::kUnsupported);
}

TEST(PrivateKeyLoadTest, RefusesKeysOfAnotherType) {
  EXPECT_EQ(load_error(kES256, known_key(kRS256)), KeyError::kUnsupported);
  EXPECT_EQ(load_error(kRS256, known_key(kES256)), KeyError::kUnsupported);
  EvpKey edwards(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  EXPECT_EQ(load_error(kES256, pkcs8_of(std::move(edwards))), KeyError::kUnsupported);
  EvpKey pss = rsa_with_exponent(2048, 65537, "RSA-PSS");
  ASSERT_NE(pss, nullptr);
  EXPECT_FALSE(load_private_key(kPS256, pkcs8_of(std::move(pss))));
}

TEST(PrivateKeyLoadTest, RefusesRsaBelow2048Bits) {
  for (const unsigned bits : {1024U, 1536U, 2040U}) {
    EXPECT_EQ(load_error(kRS256, pkcs8_of(EvpKey(EVP_RSA_gen(bits)))), KeyError::kBadSize) << bits;
  }
}

TEST(PrivateKeyLoadTest, RefusesAnotherPublicExponent) {
  for (const unsigned long exponent : {3UL, 17UL, 65539UL}) {
    EvpKey key = rsa_with_exponent(2048, exponent);
    ASSERT_NE(key, nullptr) << exponent;
    EXPECT_EQ(load_error(kPS256, pkcs8_of(std::move(key))), KeyError::kUnsupported) << exponent;
  }
}

TEST(PrivateKeyLoadTest, RefusesAnythingAfterTheKey) {
  for (const JwsAlgorithm algorithm : {kES256, kRS256}) {
    auto key = known_key(algorithm);
    ASSERT_TRUE(load_private_key(algorithm, key));
    key.push_back(0);
    EXPECT_EQ(load_error(algorithm, key), KeyError::kBadEncoding);
  }
}

// The public point beside the private number is another one's.
TEST(PrivateKeyLoadTest, RefusesAnEcKeyWhoseHalvesDoNotMatch) {
  auto key = known_key(kES256);
  const auto other = pkcs8_of(EvpKey(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")));
  ASSERT_EQ(other.size(), key.size());
  std::copy(other.end() - 64, other.end(), key.end() - 64);
  EXPECT_EQ(load_error(kES256, key), KeyError::kSelfTestFailed);
}

TEST(PrivateKeyLoadTest, RefusesAnEcPointOffTheCurve) {
  auto key = known_key(kES256);
  key.back() ^= 1;
  EXPECT_FALSE(load_private_key(kES256, key));
}

// Every octet of the numbers counts: modulus, exponents, factors. Only the CRT values, which OpenSSL itself checks
// against a full exponentiation, may be wrong without effect.
TEST(PrivateKeyLoadTest, RefusesChangedRsaNumbers) {
  const auto key = known_key(kRS256);
  // Offsets of the last octets of n, d, p, q in this DER: headers of 38 and 4 octets before n.
  const struct {
    const char* name;
    size_t first;
    size_t size;
  } numbers[] = {{"n", 38, 256}, {"d", 303, 256}, {"p", 563, 128}, {"q", 695, 128}};
  for (const auto& [name, first, size] : numbers) {
    for (size_t i = 0; i < size; i += 31) {
      auto changed = key;
      changed[first + i] ^= 1;
      EXPECT_FALSE(load_private_key(kRS256, changed)) << name << ' ' << i;
    }
  }
}

TEST(PrivateKeyLoadTest, SecondStartGivesTheFirstOnesResult) {
  EXPECT_TRUE(signing_start());
  EXPECT_TRUE(signing_start_failure().empty());
}

}  // namespace
}  // namespace signet
