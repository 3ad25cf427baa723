// A build of the lanes in which single bits flip in the middle of the work: no wrong signature leaves.
#include <gtest/gtest.h>
#include <openssl/core_names.h>

#include <cstring>

#include "tests/keystore/signing/lanes/disturb.h"
#include "tests/keystore/signing/lanes/rsa/numbers.h"
#include "tests/keystore/signing/lanes/rsa/test_key.h"

namespace signet::lanes {
namespace {

class RsaFaultsTest : public testing::Test {
 protected:
  RsaLaneNumbers random_numbers(int bits) {
    RsaLaneNumbers numbers{};
    for (size_t lane = 0; lane < kLanes; ++lane) {
      const auto own = random_number(bits - 1, random_).limbs(kLimbsMax, 52);
      for (size_t k = 0; k < kLimbsMax; ++k) numbers.limb[k][lane] = own[k];
    }
    return numbers;
  }
  static BigNumber of(const RsaLaneNumbers& numbers, size_t lane) {
    std::vector<uint64_t> own;
    for (const auto& limb : numbers.limb) own.push_back(limb[lane]);
    return BigNumber::of_limbs(own, 52);
  }
  std::mt19937_64 random_{47};
};

TEST_F(RsaFaultsTest, NoFlippedBitReachesASignature) {
  const TestKey& key = key_of(2048);
  const BigNumber n = key.number(OSSL_PKEY_PARAM_RSA_N);
  const RsaLaneNumbers random = random_numbers(2048), messages = random_numbers(2048);
  RsaLaneBlinding blinding;
  RsaLaneNumbers signatures;
  rsa_lanes_emulated.blind(key.lanes(), random, blinding);
  operations = 0;
  ASSERT_TRUE(rsa_lanes_emulated.sign(key.lanes(), blinding, messages, signatures));
  const int64_t total = operations;
  ASSERT_GT(total, 1'000'000);
  size_t found = 0;
  constexpr size_t kTries = 150;
  for (size_t i = 0; i < kTries; ++i) {
    const RsaLaneBlinding before = blinding;
    operations = 0;
    disturbed_at = static_cast<int64_t>(random_() % static_cast<uint64_t>(total));
    disturbed_lane = static_cast<unsigned>(random_() % 8);
    disturbed_bit = static_cast<unsigned>(random_() % 52);
    const bool right = rsa_lanes_emulated.sign(key.lanes(), blinding, messages, signatures);
    disturbed_at = -1;
    found += right ? 0 : 1;
    for (size_t lane = 0; lane < kLanes; ++lane) {
      const BigNumber signature = of(signatures, lane);
      const bool is_right = signature.power(65537, n) == of(messages, lane);
      // What is written after the comparison has nothing behind it. A flip there is one bit of a signature that was
      // right: wrong modulo both primes, so that it gives neither away. There are 200 such operations in millions.
      ASSERT_TRUE(is_right || (!right && signature == BigNumber(0))) << "lane " << lane;
    }
    blinding = before;  // a wrong one would be found by each group after it
  }
  EXPECT_GT(found, kTries / 2) << "the faults are none";
}

}  // namespace
}  // namespace signet::lanes
