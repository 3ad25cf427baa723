// Signatures of the lanes are OpenSSL's where there is one alone (RS256), and verified by it where there are many
// (PS256).
#include <gtest/gtest.h>
#include <openssl/core_names.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "keystore/signing/lanes/rsa/encoded_message.h"
#include "keystore/signing/lanes/rsa/limbs52.h"
#include "tests/keystore/signing/lanes/rsa/numbers.h"
#include "tests/keystore/signing/lanes/rsa/test_key.h"

namespace signet::lanes {
namespace {

class RsaLanesTest : public testing::TestWithParam<RsaPrimitives> {
 protected:
  RsaLaneNumbers random_below(const TestKey& key) {
    RsaLaneNumbers numbers{};
    for (size_t lane = 0; lane < kLanes; ++lane) {
      put(random_number(static_cast<int>(key.octets()) * 8 - 1, random_), numbers, lane);
    }
    return numbers;
  }
  static void put(const BigNumber& number, RsaLaneNumbers& numbers, size_t lane) {
    const auto own = number.limbs(kLimbsMax, 52);
    for (size_t k = 0; k < own.size(); ++k) numbers.limb[k][lane] = own[k];
  }
  static BigNumber of(const RsaLaneNumbers& numbers, size_t lane) {
    std::vector<uint64_t> own;
    for (const auto& limb : numbers.limb) own.push_back(limb[lane] & kLimbOnes);
    return BigNumber::of_limbs(own, 52);
  }
  void blind(const TestKey& key) { on_.lanes.blind(key.lanes(), random_below(key), blinding_); }

  // The numbers to the power of d, as OpenSSL has it.
  void expect_powers(const TestKey& key, const std::vector<BigNumber>& messages) {
    RsaLaneNumbers encoded{}, signatures;
    std::memset(&signatures, 0xee, sizeof signatures);
    for (size_t lane = 0; lane < kLanes; ++lane) put(messages[lane], encoded, lane);
    ASSERT_TRUE(on_.lanes.sign(key.lanes(), blinding_, encoded, signatures));
    const BigNumber n = key.number(OSSL_PKEY_PARAM_RSA_N), d = key.number(OSSL_PKEY_PARAM_RSA_D);
    for (size_t lane = 0; lane < kLanes; ++lane) {
      ASSERT_EQ(of(signatures, lane), messages[lane].power(d, n)) << messages[lane].hex();
    }
  }
  // A group of random digests.
  void expect_signatures(const TestKey& key, RsaScheme scheme) {
    std::array<Sha256Digest, kLanes> digests;
    RsaLaneNumbers encoded{}, signatures;
    std::vector<uint8_t> octets(key.octets());
    for (size_t lane = 0; lane < kLanes; ++lane) {
      PssSalt salt;
      for (uint8_t& octet : digests[lane]) octet = static_cast<uint8_t>(random_());
      for (uint8_t& octet : salt) octet = static_cast<uint8_t>(random_());
      if (scheme == RsaScheme::kPss) {
        encode_pss(digests[lane], salt, octets);
      } else {
        encode_pkcs1(digests[lane], octets);
      }
      limbs_of_octets(octets, &encoded.limb[0][lane], kLimbsMax, kLanes);
    }
    ASSERT_TRUE(on_.lanes.sign(key.lanes(), blinding_, encoded, signatures));
    for (size_t lane = 0; lane < kLanes; ++lane) {
      octets_of_limbs(&signatures.limb[0][lane], kLimbsMax, kLanes, octets);
      if (scheme == RsaScheme::kPss) {
        ASSERT_TRUE(key.verifies(digests[lane], octets, scheme));
      } else {
        ASSERT_EQ(octets, key.sign(digests[lane], scheme));
      }
    }
  }
  bool emulated() const { return on_.lanes.sign == rsa_lanes_emulated.sign; }

  const RsaPrimitives& on_ = GetParam();
  std::mt19937_64 random_{41};
  RsaLaneBlinding blinding_;
};

TEST_P(RsaLanesTest, PowersOfChosenNumbers) {
  for (const int bits : {2048, 3072}) {
    const TestKey& key = key_of(bits);
    const BigNumber n = key.number(OSSL_PKEY_PARAM_RSA_N), p = key.number(OSSL_PKEY_PARAM_RSA_FACTOR1),
                    q = key.number(OSSL_PKEY_PARAM_RSA_FACTOR2);
    blind(key);
    expect_powers(key, {1, 2, n - BigNumber(1), p, q, n - p, n - q, BigNumber::power_of_two(bits - 2)});
    expect_powers(key, {p + BigNumber(1), p - BigNumber(1), q + BigNumber(1), q - BigNumber(1), p * BigNumber(2), 3,
                        BigNumber::power_of_two(bits / 2), BigNumber::power_of_two(bits - 1) - BigNumber(1)});
  }
}

TEST_P(RsaLanesTest, ABlindingIsWhatItMustBeAndStaysSo) {
  for (const int bits : {2048, 3072}) {
    const TestKey& key = key_of(bits);
    const BigNumber n = key.number(OSSL_PKEY_PARAM_RSA_N);
    const BigNumber not_r = BigNumber::power_of_two(104 * kBlock * bits / 1024).inverse(n);
    const RsaLaneNumbers random = random_below(key);
    blinding_ = {};  // of a smaller modulus, the upper limbs are not touched
    on_.lanes.blind(key.lanes(), random, blinding_);
    for (int round = 0; round < 3; ++round) {
      for (size_t lane = 0; lane < kLanes; ++lane) {
        const BigNumber r = of(random, lane).power(BigNumber::power_of_two(round), n);
        EXPECT_EQ(of(blinding_.power, lane) * not_r % n, r.power(65537, n))
            << "lane " << lane << " round " << round << " bits " << bits;
        EXPECT_EQ(of(blinding_.inverse, lane) * not_r % n * r % n, BigNumber(1)) << round;
      }
      expect_signatures(key, RsaScheme::kPkcs1);
    }
  }
}

// Each key with the blinding of another, or a wrong one: nothing wrong leaves, and what does is zero.
TEST_P(RsaLanesTest, WhatDoesNotVerifyIsZero) {
  const TestKey& key = key_of(2048);
  for (size_t lane = emulated() ? kLanes - 2 : 0; lane < kLanes; ++lane) {
    blind(key);
    blinding_.inverse.limb[3][lane] ^= 1;
    RsaLaneNumbers messages = random_below(key), signatures;
    EXPECT_FALSE(on_.lanes.sign(key.lanes(), blinding_, messages, signatures));
    for (size_t other = 0; other < kLanes; ++other) {
      EXPECT_EQ(of(signatures, other) == BigNumber(0), other == lane) << lane;
    }
  }
}

// A key in which one number is wrong in one bit.
TEST_P(RsaLanesTest, AKeyThatChangedInMemorySignsNothing) {
  for (const int bits : {2048, 3072}) {
    const TestKey& key = key_of(bits);
    const size_t words = sizeof(RsaLaneKey) / sizeof(uint64_t);
    for (int i = 0; i < (emulated() ? 4 : 120); ++i) {
      auto wrong = std::make_unique<RsaLaneKey>(key.lanes());
      auto* word = reinterpret_cast<uint64_t*>(wrong.get());
      const size_t at = 1 + random_() % (words - 1);
      if (word[at] == 0) continue;  // limbs that the size does not use
      word[at] ^= uint64_t{1} << random_() % 52;
      blind(key);
      const RsaLaneNumbers messages = random_below(key);
      RsaLaneNumbers signatures;
      const bool right = on_.lanes.sign(*wrong, blinding_, messages, signatures);
      const BigNumber n = key.number(OSSL_PKEY_PARAM_RSA_N);
      for (size_t lane = 0; lane < kLanes; ++lane) {
        // The exponent that inverts is not used here, and a bit too many of an exponent may be outside.
        const BigNumber signature = of(signatures, lane);
        if (right) {
          ASSERT_EQ(signature.power(65537, n), of(messages, lane)) << "word " << at;
        } else {
          ASSERT_TRUE(signature == BigNumber(0) || signature.power(65537, n) == of(messages, lane)) << "word " << at;
        }
      }
    }
  }
}

TEST_P(RsaLanesTest, SeveralKeysInTurn) {
  const TestKey other(2048);
  const TestKey* keys[] = {&key_of(2048), &other, &key_of(3072)};
  std::array<RsaLaneBlinding, 3> blindings;
  for (size_t i = 0; i < 3; ++i) on_.lanes.blind(keys[i]->lanes(), random_below(*keys[i]), blindings[i]);
  for (size_t turn = 0; turn < 9; ++turn) {
    blinding_ = blindings[turn % 3];
    expect_signatures(*keys[turn % 3], turn % 2 == 0 ? RsaScheme::kPkcs1 : RsaScheme::kPss);
    blindings[turn % 3] = blinding_;
  }
}

TEST_P(RsaLanesTest, AKeyOfAnotherSizeAborts) {
  auto wrong = std::make_unique<RsaLaneKey>(key_of(2048).lanes());
  RsaLaneNumbers numbers{}, signatures;
  for (const int blocks : {0, 1, 4, -1}) {
    wrong->blocks = blocks;
    EXPECT_DEATH(on_.lanes.sign(*wrong, blinding_, numbers, signatures), "");
    EXPECT_DEATH(on_.lanes.blind(*wrong, numbers, blinding_), "");
  }
}

// SIGNET_LANE_SIGNATURES: how many; a million takes some minutes, most of them in OpenSSL.
TEST_P(RsaLanesTest, RandomMessages) {
  const char* wanted = std::getenv("SIGNET_LANE_SIGNATURES");
  size_t left = wanted != nullptr ? std::strtoul(wanted, nullptr, 10) : 10'000;
  if (emulated()) left = std::min<size_t>(left, 64);
  for (size_t group = 0; left > 0; ++group) {
    // OpenSSL takes five times as long for the larger modulus.
    const TestKey& key = key_of(group % 4 == 3 ? 3072 : 2048);
    blind(key);
    for (int i = 0; i < 4 && left > 0; ++i) {
      ASSERT_NO_FATAL_FAILURE(expect_signatures(key, group % 8 < 4 ? RsaScheme::kPkcs1 : RsaScheme::kPss));
      left -= std::min(left, kLanes);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Vectors, RsaLanesTest, testing::ValuesIn(all_rsa_primitives()), NameOfRsaPrimitives());

}  // namespace
}  // namespace signet::lanes
