// Whole signatures with nonces that no hash will ever give: those that cannot be used are refused, in their lanes
// alone.
#include <gtest/gtest.h>

#include <algorithm>

#include "keystore/signing/lanes/p256/nonce_p256.h"
#include "keystore/signing/lanes/vector_emulated.h"
#include "tests/keystore/signing/lanes/p256/reference.h"

namespace signet::lanes::p256 {
namespace {

std::vector<BigNumber> chosen;  // one a job
size_t groups_begun = 0;

}  // namespace

// In this program the nonces of a group are not hashed but taken from `chosen`.
template <>
inline Carried<Order, Emulated, kOnce> nonce_and_offset<Emulated>(const Emulated (&)[8]) {
  const BigNumber offset = (BigNumber::power_of_two(256) - BigNumber(1)) * BigNumber(2).inverse(order());
  Carried<Order, Emulated, kOnce> r;
  for (size_t lane = 0; lane < kLanes; ++lane) {
    const auto own = ((chosen[groups_begun * kLanes + lane] + offset) % order()).limbs(5, 52);
    for (size_t k = 0; k < 5; ++k) r.limb[k].lane[lane] = own[k];
  }
  ++groups_begun;
  return r;
}

}  // namespace signet::lanes::p256

// It uses what is specialised above.
#include "keystore/signing/lanes/p256/p256_group.h"

namespace signet::lanes::p256 {
namespace {

class P256ChosenNonces : public testing::Test {
 protected:
  // Signs with these nonces, and expects the jobs `refused` to be refused, and the others to be right.
  void expect_refused(const std::vector<BigNumber>& nonces, uint64_t refused) {
    chosen = nonces;
    groups_begun = 0;
    std::vector<std::array<uint8_t, 64>> signatures(nonces.size());
    for (auto& signature : signatures) signature.fill(0xee);
    std::vector<LaneJob> jobs;
    for (auto& signature : signatures) jobs.push_back({&key_.lanes, input_.data(), signature.data()});
    const Outcome outcome = sign_and_wipe<Emulated>(*base_table(), jobs.data(), nonces.size() / kLanes);
    EXPECT_TRUE(outcome.right);
    EXPECT_EQ(outcome.refused, refused);
    for (size_t i = 0; i < nonces.size(); ++i) {
      if ((refused >> i & 1) != 0) {
        EXPECT_EQ(signatures[i], (std::array<uint8_t, 64>{})) << i;
        continue;
      }
      const BigNumber r = multiple(nonces[i]).x % order();
      const BigNumber sum = of_big_endian(std::span(input_).last(32)) + r * key_.scalar;
      const BigNumber s = sum * nonces[i].inverse(order()) % order();
      EXPECT_TRUE(std::ranges::equal(big_endian(r), std::span(signatures[i]).first(32))) << i;
      EXPECT_TRUE(std::ranges::equal(big_endian(s), std::span(signatures[i]).last(32))) << i;
    }
  }
  // The digest for which s is zero with this nonce.
  void let_s_be_zero(const BigNumber& nonce) {
    const BigNumber r = multiple(nonce).x % order();
    std::ranges::copy(big_endian((order() - r * key_.scalar % order()) % order()), input_.begin() + 32);
  }
  static std::vector<BigNumber> usable(size_t count) {
    std::vector<BigNumber> all;
    for (size_t i = 0; i < count; ++i) all.push_back(i % 2 == 0 ? BigNumber(i + 1) : order() - BigNumber(i + 1));
    return all;
  }
  const Key key_{BigNumber::power_of_two(200) + BigNumber(77)};
  std::array<uint8_t, kInputSize> input_{1, 2, 3};
  const BigNumber top_ = BigNumber(255) * BigNumber::power_of_two(248) % order();
};

TEST_F(P256ChosenNonces, TheExceptionalThreeAreRefusedWhereverTheyAre) {
  for (const BigNumber& k : {BigNumber(0), top_, order() - top_}) {
    for (size_t job = 0; job < 24; ++job) {
      auto nonces = usable(24);
      nonces[job] = k;
      expect_refused(nonces, uint64_t{1} << job);
    }
  }
}

TEST_F(P256ChosenNonces, AllMayBeRefused) {
  std::vector<BigNumber> nonces;
  for (size_t i = 0; i < kGroupsMax * kLanes; ++i) nonces.push_back(i % 3 == 0 ? BigNumber(0) : top_);
  expect_refused(nonces, ~uint64_t{0});
  nonces[63] = 5;
  expect_refused(nonces, ~uint64_t{0} >> 1);
}

TEST_F(P256ChosenNonces, TheirNeighboursAreNotRefused) {
  std::vector<BigNumber> nonces;
  for (const BigNumber& k : {BigNumber(0), top_, order() - top_}) {
    for (const int bit : {0, 1, 52, 128, 247, 248, 254, 255}) {
      nonces.push_back((k + BigNumber::power_of_two(bit)) % order());
    }
  }
  expect_refused(nonces, 0);
}

TEST_F(P256ChosenNonces, WhereSIsZeroTheJobIsRefused) {
  const auto nonces = usable(8);
  let_s_be_zero(nonces[3]);
  expect_refused(nonces, 1 << 3);
  input_[63] ^= 1;
  expect_refused(nonces, 0);
}

}  // namespace
}  // namespace signet::lanes::p256
