#include "keystore/signing/ecdsa_signature.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

namespace signet {
namespace {

using Bytes = std::vector<uint8_t>;

bool converts(const Bytes& der, std::array<uint8_t, 64>* raw = nullptr) {
  std::array<uint8_t, 64> out{};
  const bool good = p256_signature_from_der(der, out);
  if (raw != nullptr) *raw = out;
  return good;
}

Bytes integer(Bytes value) {
  Bytes out{0x02, static_cast<uint8_t>(value.size())};
  out.insert(out.end(), value.begin(), value.end());
  return out;
}

Bytes sequence(const Bytes& r, const Bytes& s) {
  Bytes out{0x30, static_cast<uint8_t>(r.size() + s.size())};
  out.insert(out.end(), r.begin(), r.end());
  out.insert(out.end(), s.begin(), s.end());
  return out;
}

TEST(EcdsaSignatureTest, PadsShortIntegersOnTheLeft) {
  std::array<uint8_t, 64> raw;
  ASSERT_TRUE(converts(sequence(integer({0x01}), integer({0x00, 0xff, 0x02})), &raw));
  std::array<uint8_t, 64> expected{};
  expected[31] = 1;
  expected[62] = 0xff;
  expected[63] = 2;
  EXPECT_EQ(raw, expected);
}

TEST(EcdsaSignatureTest, TakesIntegersOfFullLength) {
  Bytes high(33, 0xff);
  high[0] = 0;
  std::array<uint8_t, 64> raw;
  ASSERT_TRUE(converts(sequence(integer(high), integer(Bytes(32, 0x7f))), &raw));
  EXPECT_EQ(raw[0], 0xff);
  EXPECT_EQ(raw[32], 0x7f);
}

// CVE-2022-21449: r or s of zero is no signature.
TEST(EcdsaSignatureTest, RefusesZero) {
  EXPECT_FALSE(converts(sequence(integer({0x00}), integer({0x01}))));
  EXPECT_FALSE(converts(sequence(integer({0x01}), integer({0x00}))));
}

TEST(EcdsaSignatureTest, RefusesWhatIsNotDer) {
  const Bytes one = integer({0x01});
  EXPECT_FALSE(converts({}));
  EXPECT_FALSE(converts({0x30}));
  EXPECT_FALSE(converts({0x30, 0x00}));
  EXPECT_FALSE(converts(sequence(integer({}), one))) << "no octets";
  EXPECT_FALSE(converts(sequence(integer({0x80}), one))) << "negative";
  EXPECT_FALSE(converts(sequence(integer({0x00, 0x01}), one))) << "padded";
  EXPECT_FALSE(converts(sequence(integer(Bytes(33, 0x01)), one))) << "33 octets";
  EXPECT_FALSE(converts(sequence(integer(Bytes(34, 0x01)), one))) << "34 octets";
  EXPECT_FALSE(converts(sequence(one, {}))) << "one integer";
  Bytes three = sequence(one, one);
  three.insert(three.end(), one.begin(), one.end());
  three[1] = 9;
  EXPECT_FALSE(converts(three)) << "three integers";
  Bytes wrong_tag = sequence(one, one);
  wrong_tag[0] = 0x31;
  EXPECT_FALSE(converts(wrong_tag));
  wrong_tag = sequence(one, one);
  wrong_tag[2] = 0x04;
  EXPECT_FALSE(converts(wrong_tag));
  EXPECT_FALSE(converts({0x30, 0x81, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x01})) << "long form of the length";
}

TEST(EcdsaSignatureTest, RefusesEachTruncationAndExtension) {
  const Bytes whole = sequence(integer(Bytes(32, 0x11)), integer(Bytes(32, 0x22)));
  ASSERT_TRUE(converts(whole));
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(converts(Bytes(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size))));
  }
  Bytes longer = whole;
  longer.push_back(0);
  EXPECT_FALSE(converts(longer));
  EXPECT_FALSE(converts(Bytes(1000, 0x30)));
}

TEST(EcdsaSignatureTest, WritesTheDerThatItReads) {
  for (const uint8_t first : {0x00, 0x01, 0x7f, 0x80, 0xff}) {
    std::array<uint8_t, kP256SignatureSize> raw{};
    raw[0] = raw[32] = first;
    raw[31] = raw[63] = 1;
    std::array<uint8_t, kP256DerSizeMax> der{};
    const size_t size = p256_signature_to_der(raw, der);
    ASSERT_NE(size, 0u);
    std::array<uint8_t, kP256SignatureSize> back{};
    ASSERT_TRUE(p256_signature_from_der(ByteSpan(der).first(size), back));
    EXPECT_EQ(back, raw);
  }
}

TEST(EcdsaSignatureTest, HasNoDerOfZero) {
  std::array<uint8_t, kP256DerSizeMax> der{};
  std::array<uint8_t, kP256SignatureSize> raw{};
  EXPECT_EQ(p256_signature_to_der(raw, der), 0u);
  raw[31] = 1;
  EXPECT_EQ(p256_signature_to_der(raw, der), 0u);
  raw[31] = 0;
  raw[63] = 1;
  EXPECT_EQ(p256_signature_to_der(raw, der), 0u);
}

}  // namespace
}  // namespace signet
