// Signatures of the lanes are the reference's for their nonces, octet for octet, and verify with OpenSSL.
#include "keystore/signing/lanes/p256/p256_lanes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>

#include "keystore/signing/lanes/lane_support.h"
#include "tests/keystore/signing/lanes/p256/p256_emulated.h"
#include "tests/keystore/signing/lanes/p256/reference.h"

namespace signet::lanes::p256 {
namespace {

using Input = std::array<uint8_t, kInputSize>;

std::vector<Sign> all_signers() {
  std::vector<Sign> all{sign_emulated};
#if defined(__x86_64__)
  if (avx512_lanes_supported()) all.push_back(sign_avx512);
#endif
  return all;
}

class P256Lanes : public testing::TestWithParam<Sign> {
 protected:
  BigNumber random_scalar() {
    return BigNumber::of_limbs({random_(), random_(), random_(), random_()}, 64) % (order() - BigNumber(1)) +
           BigNumber(1);
  }
  Input random_input() {
    Input input;
    for (uint8_t& octet : input) octet = static_cast<uint8_t>(random_());
    return input;
  }
  // Signs inputs[i] with keys[i % keys.size()]; whole groups.
  void expect_signatures(const std::vector<Key>& keys, const std::vector<Input>& inputs, bool verify = true) {
    std::vector<std::array<uint8_t, 64>> signatures(inputs.size());
    std::vector<LaneJob> jobs;
    for (size_t i = 0; i < inputs.size(); ++i) {
      jobs.push_back({&keys[i % keys.size()].lanes, inputs[i].data(), signatures[i].data()});
    }
    const Outcome outcome = GetParam()(*base_table(), jobs.data(), inputs.size() / kLanes);
    ASSERT_TRUE(outcome.right);
    ASSERT_EQ(outcome.refused, 0U);
    for (size_t i = 0; i < inputs.size(); ++i) {
      const Key& key = keys[i % keys.size()];
      if (verify) {
        ASSERT_TRUE(verifies(key, std::span(inputs[i]).last(32), signatures[i])) << i;
      } else {
        ASSERT_EQ(signatures[i], signature(key, inputs[i])) << i;
      }
    }
  }
  std::mt19937_64 random_{23};
};

TEST_P(P256Lanes, AreTheReferencesForTheirNonces) {
  for (const size_t groups : {1, 2, 3, 8}) {
    std::vector<Key> keys;
    for (int i = 0; i < 8; ++i) keys.emplace_back(random_scalar());
    std::vector<Input> inputs(groups * kLanes);
    for (Input& input : inputs) input = random_input();
    expect_signatures(keys, inputs, false);
    expect_signatures({keys[0]}, inputs, false);
  }
}

TEST_P(P256Lanes, KeysAndDigestsAtTheEndsOfTheirRange) {
  std::vector<Key> keys;
  for (const BigNumber& scalar : {BigNumber(1), BigNumber(2), order() - BigNumber(1), order() - BigNumber(2),
                                  BigNumber::power_of_two(255), BigNumber::power_of_two(52) - BigNumber(1)}) {
    keys.emplace_back(scalar);
  }
  std::vector<Input> inputs;
  for (size_t i = 0; i < 48; ++i) {
    Input input = random_input();
    const auto edge = big_endian(i % 3 == 0 ? order() : order() - BigNumber(1));
    if (i % 8 < 3) std::fill_n(input.begin() + 32, 32, i % 8 == 0 ? uint8_t{0} : uint8_t{0xff});
    if (i % 8 == 3) std::ranges::copy(edge, input.begin() + 32);
    if (i % 8 == 4) std::fill_n(input.begin(), 32, uint8_t{0});
    inputs.push_back(input);
  }
  expect_signatures(keys, inputs, false);
}

// The random octets make the nonce another one; without them it is the digest and the key that do.
TEST_P(P256Lanes, NoTwoNoncesAreEqual) {
  const Key key(random_scalar()), other(random_scalar());
  Input input{};
  std::vector<Input> inputs(kLanes, input);
  inputs[1][0] = 1;
  inputs[2][31] = 1;
  inputs[3][32] = 1;
  inputs[4][63] = 1;
  std::vector<std::array<uint8_t, 64>> signatures(kLanes);
  std::vector<LaneJob> jobs;
  for (size_t i = 0; i < kLanes; ++i) {
    jobs.push_back({i == 5 ? &other.lanes : &key.lanes, inputs[i].data(), signatures[i].data()});
  }
  ASSERT_TRUE(GetParam()(*base_table(), jobs.data(), 1).right);
  for (size_t i = 0; i < 6; ++i) {
    for (size_t j = 0; j < i; ++j) {
      EXPECT_FALSE(std::equal(signatures[i].begin(), signatures[i].begin() + 32, signatures[j].begin())) << i << j;
    }
  }
  EXPECT_EQ(signatures[6], signatures[0]) << "the control: of one input there is one";
}

TEST_P(P256Lanes, BoundsThatAreNotKeptAbort) {
  const Key key(random_scalar());
  const Input input = random_input();
  std::array<uint8_t, 64> out{};
  const std::vector<LaneJob> jobs(kLanes, LaneJob{&key.lanes, input.data(), out.data()});
  EXPECT_DEATH(GetParam()(*base_table(), jobs.data(), 0), "");
  EXPECT_DEATH(GetParam()(*base_table(), jobs.data(), kGroupsMax + 1), "");
}

// SIGNET_LANE_SIGNATURES: how many.
TEST_P(P256Lanes, RandomKeysDigestsAndGroupsVerify) {
  const char* wanted = std::getenv("SIGNET_LANE_SIGNATURES");
  size_t left = wanted != nullptr ? std::strtoul(wanted, nullptr, 10) : 10'000;
  if (GetParam() == sign_emulated) left = std::min<size_t>(left, 400);
  while (left > 0) {
    std::vector<Key> keys;
    for (size_t i = 1 + random_() % 8; i > 0; --i) keys.emplace_back(random_scalar());
    std::vector<Input> inputs((1 + random_() % kGroupsMax) * kLanes);
    for (Input& input : inputs) input = random_input();
    ASSERT_NO_FATAL_FAILURE(expect_signatures(keys, inputs));
    left -= std::min(left, inputs.size());
  }
}

INSTANTIATE_TEST_SUITE_P(Vectors, P256Lanes, testing::ValuesIn(all_signers()), [](const auto& test) {
  return std::string(test.param == sign_emulated ? "emulated" : "avx512");
});

}  // namespace
}  // namespace signet::lanes::p256
