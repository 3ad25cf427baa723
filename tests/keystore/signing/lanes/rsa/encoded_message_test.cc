// Encoded messages are what OpenSSL finds in signatures, and limbs are what octets say.
#define OPENSSL_SUPPRESS_DEPRECATED  // the paddings by themselves are
#include "keystore/signing/lanes/rsa/encoded_message.h"

#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/rsa.h>

#include <random>

#include "keystore/signing/lanes/rsa/limbs52.h"
#include "tests/keystore/signing/lanes/rsa/numbers.h"
#include "tests/keystore/signing/lanes/rsa/test_key.h"

namespace signet::lanes {
namespace {

BigNumber number_of_octets(std::span<const uint8_t> octets) {
  BigNumber number = 0;
  for (const uint8_t octet : octets) number = number * BigNumber(256) + BigNumber(octet);
  return number;
}

TEST(EncodedMessageTest, Pkcs1IsWhatASignatureOfOpensslHolds) {
  for (const int bits : {2048, 3072}) {
    const TestKey& key = key_of(bits);
    for (uint8_t filling = 0; filling < 20; ++filling) {
      Sha256Digest digest;
      digest.fill(filling);
      std::vector<uint8_t> encoded(key.octets());
      encode_pkcs1(digest, encoded);
      const auto signature = key.sign(digest, RsaScheme::kPkcs1);
      EXPECT_EQ(number_of_octets(signature).power(65537, key.number(OSSL_PKEY_PARAM_RSA_N)), number_of_octets(encoded));
    }
  }
}

// RFC 8017 9.1.2, by OpenSSL; and what it must not take.
TEST(EncodedMessageTest, PssIsVerifiedByOpenssl) {
  for (const int bits : {2048, 3072}) {
    const std::unique_ptr<RSA, decltype(&RSA_free)> rsa(RSA_new(), &RSA_free);
    BIGNUM *n = BN_new(), *e = BN_new();  // whose size alone counts
    BN_set_bit(n, bits - 1);
    BN_set_word(e, 65537);
    ASSERT_EQ(RSA_set0_key(rsa.get(), n, e, nullptr), 1);
    std::mt19937_64 random(31);
    for (int i = 0; i < 50; ++i) {
      Sha256Digest digest;
      PssSalt salt;
      for (uint8_t& octet : digest) octet = static_cast<uint8_t>(random());
      for (uint8_t& octet : salt) octet = static_cast<uint8_t>(random());
      std::vector<uint8_t> encoded(static_cast<size_t>(bits) / 8);
      encode_pss(digest, salt, encoded);
      const auto verified = [&] {
        return RSA_verify_PKCS1_PSS_mgf1(rsa.get(), digest.data(), EVP_sha256(), EVP_sha256(), encoded.data(), 32) == 1;
      };
      EXPECT_TRUE(verified());
      EXPECT_EQ(encoded[0] & 0x80, 0) << "below the modulus";
      const size_t at = random() % encoded.size();
      encoded[at] ^= 4;
      EXPECT_FALSE(verified()) << at;
    }
  }
}

TEST(EncodedMessageTest, AnotherSaltGivesAnotherMessage) {
  const Sha256Digest digest{};
  std::vector<uint8_t> first(256), second(256);
  encode_pss(digest, PssSalt{1}, first);
  encode_pss(digest, PssSalt{2}, second);
  EXPECT_NE(first, second);
}

TEST(Limbs52Test, OctetsAndLimbsSayTheSame) {
  std::mt19937_64 random(37);
  for (size_t size = 0; size <= 400; ++size) {
    std::vector<uint8_t> octets(size), back(size);
    for (uint8_t& octet : octets) octet = random() % 4 == 0 ? 0xff : static_cast<uint8_t>(random());
    const size_t count = (size * 8 + 51) / 52, stride = 1 + size % 8;
    std::vector<uint64_t> limbs(count * stride + 1, 77), dense;
    limbs_of_octets(octets, limbs.data(), count, stride);
    for (size_t i = 0; i < count; ++i) dense.push_back(limbs[i * stride]);
    EXPECT_EQ(BigNumber::of_limbs(dense, 52), number_of_octets(octets)) << size;
    octets_of_limbs(limbs.data(), count, stride, back);
    EXPECT_EQ(back, octets);
  }
}

TEST(Limbs52Test, LimbsBeyondTheOctetsAreZeroAndOctetsBeyondTheLimbsToo) {
  std::vector<uint64_t> limbs(5, 77);
  limbs_of_octets(std::vector<uint8_t>(13, 0xff), limbs.data(), 5, 1);
  EXPECT_EQ(limbs, (std::vector<uint64_t>{kLimbOnes, kLimbOnes, 0, 0, 0}));
  std::vector<uint8_t> octets(20, 0xee);
  octets_of_limbs(limbs.data(), 2, 1, octets);
  EXPECT_EQ(number_of_octets(octets), BigNumber::power_of_two(104) - BigNumber(1));
}

}  // namespace
}  // namespace signet::lanes
