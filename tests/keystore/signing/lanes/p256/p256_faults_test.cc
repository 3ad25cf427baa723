// A build of the lanes in which single bits flip in the middle of the work: which wrong signatures the guards of a
// group find, and which they cannot.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <random>

#include "keystore/signing/lanes/group_inverse.h"
#include "keystore/signing/lanes/p256/base_multiple_p256.h"
#include "keystore/signing/lanes/p256/curve_check_p256.h"
#include "keystore/signing/lanes/vector_emulated.h"
#include "tests/keystore/signing/lanes/disturb.h"
#include "tests/keystore/signing/lanes/p256/p256_emulated.h"
#include "tests/keystore/signing/lanes/p256/reference.h"

namespace signet::lanes {

namespace p256 {

// In the place of the inversions that all lanes share, with this bit wrong where it is not negative.
int prime_disturbed = -1, order_disturbed = -1;

void invert_with(const BigNumber& modulus, int disturbed, uint64_t (&a)[4]) {
  const auto inverse = BigNumber::of_limbs({a, a + 4}, 64).inverse(modulus).limbs(4, 64);
  std::copy(inverse.begin(), inverse.end(), a);
  if (disturbed >= 0) a[disturbed / 64] ^= uint64_t{1} << disturbed % 64;
}
void inverse_modulo_prime(uint64_t (&a)[4]) { invert_with(prime(), prime_disturbed, a); }
void inverse_modulo_order(uint64_t (&a)[4]) { invert_with(order(), order_disturbed, a); }

namespace {

using Signature = std::array<uint8_t, 64>;

class P256Faults : public testing::Test {
 protected:
  struct Signed {
    Outcome outcome;
    std::array<Signature, kLanes> signatures{};
  };
  // Of eight inputs, of two keys; or of the first alone, in all lanes.
  Signed sign(bool copies) {
    Signed result{};
    std::array<LaneJob, kLanes> jobs;
    for (size_t i = 0; i < kLanes; ++i) {
      const size_t from = copies ? 0 : i;
      jobs[i] = {&keys_[from % 2].lanes, inputs_[from].data(), result.signatures[i].data()};
    }
    operations = 0;
    result.outcome = sign_emulated(*base_table(), jobs.data(), 1);
    return result;
  }
  bool verifies_in(const Signed& all, size_t lane, bool copies) const {
    const size_t from = copies ? 0 : lane;
    return verifies(keys_[from % 2], std::span(inputs_[from]).last(32), all.signatures[lane]);
  }
  static int bits_between(const Signature& a, const Signature& b) {
    int bits = 0;
    for (size_t i = 0; i < a.size(); ++i) bits += std::popcount(static_cast<unsigned>(a[i] ^ b[i]));
    return bits;
  }
  static bool same_r(const Signature& a, const Signature& b) {
    return std::equal(a.begin(), a.begin() + 32, b.begin());
  }
  void choose_a_fault(int64_t total) {
    disturbed_at = static_cast<int64_t>(random_() % static_cast<uint64_t>(total));
    disturbed_lane = static_cast<unsigned>(random_() % 8);
    disturbed_bit = static_cast<unsigned>(random_() % 64);
  }
  void SetUp() override {
    ASSERT_NE(base_table(), nullptr);
    for (auto& input : inputs_) {
      for (uint8_t& octet : input) octet = static_cast<uint8_t>(random_());
    }
  }
  std::mt19937_64 random_{59};
  std::array<Key, 2> keys_{Key(BigNumber::power_of_two(240) + BigNumber(9)), Key(order() - BigNumber(12345))};
  std::array<std::array<uint8_t, kInputSize>, kLanes> inputs_{};
};

// A lane that has copies is wrong unseen only if they all are wrong alike.
TEST_F(P256Faults, NoFlippedBitReachesASignatureThatHasCopies) {
  const Signed right = sign(true);
  ASSERT_TRUE(right.outcome.right);
  const int64_t total = operations;
  ASSERT_GT(total, 10'000);
  size_t found = 0, differ = 0;
  for (int i = 0; i < 1500; ++i) {
    choose_a_fault(total);
    const Signed got = sign(true);
    disturbed_at = -1;
    found += got.outcome.right ? 0 : 1;
    if (!got.outcome.right || got.outcome.refused != 0) continue;
    if (std::ranges::count(got.signatures, got.signatures[0]) != kLanes) {
      ++differ;
    } else {
      ASSERT_TRUE(verifies_in(got, 0, true));
    }
  }
  RecordProperty("found", static_cast<int>(found));
  RecordProperty("differ", static_cast<int>(differ));
  EXPECT_GT(found, 150U) << "the faults are none";
  EXPECT_GT(differ, 10U) << "the control: some are for the copies to find";
}

// Where there is no copy, one lane at most is wrong unseen, and it is the one that was disturbed: what lanes share is
// looked at. Its nonce, r d or its choice of an entry was wrong.
TEST_F(P256Faults, OfAFullGroupTheDisturbedLaneAloneMayBeWrong) {
  const Signed right = sign(false);
  ASSERT_TRUE(right.outcome.right);
  const int64_t total = operations;
  size_t found = 0, changed = 0, written = 0, wrong_s = 0, wrong_r = 0;
  for (int i = 0; i < 6000; ++i) {
    choose_a_fault(total);
    const Signed got = sign(false);
    disturbed_at = -1;
    found += got.outcome.right ? 0 : 1;
    if (!got.outcome.right) continue;
    for (size_t lane = 0; lane < kLanes; ++lane) {
      if ((got.outcome.refused >> lane & 1) != 0 || got.signatures[lane] == right.signatures[lane]) continue;
      ASSERT_EQ(lane, disturbed_lane);
      if (verifies_in(got, lane, false)) {
        ++changed;  // another nonce is as good
      } else {
        ++(bits_between(got.signatures[lane], right.signatures[lane]) == 1 ? written
           : same_r(got.signatures[lane], right.signatures[lane])          ? wrong_s
                                                                           : wrong_r);
      }
    }
  }
  RecordProperty("found", static_cast<int>(found));
  RecordProperty("changed", static_cast<int>(changed));
  // One bit of a right signature, which gives nothing away; r d or the digest; the nonce, or the choice of an entry.
  RecordProperty("written", static_cast<int>(written));
  RecordProperty("wrong_s", static_cast<int>(wrong_s));
  RecordProperty("wrong_r", static_cast<int>(wrong_r));
  const size_t wrong = written + wrong_s + wrong_r;
  EXPECT_GT(wrong, 0U) << "the control: some do get out";
  EXPECT_GT(found, 50 * wrong);
}

TEST_F(P256Faults, AWrongInversionIsFound) {
  for (const bool copies : {false, true}) {
    for (int bit = 0; bit < 256; ++bit) {
      prime_disturbed = bit;
      EXPECT_FALSE(sign(copies).outcome.right) << bit;
      prime_disturbed = -1;
      order_disturbed = bit;
      EXPECT_FALSE(sign(copies).outcome.right) << bit;
      order_disturbed = -1;
    }
    EXPECT_TRUE(sign(copies).outcome.right) << "the control";
  }
}

// A multiple that a flipped bit made wrong is no point of the curve, unless it is the right one for digits of which a
// bit is flipped: an entry of the table was chosen wrong.
TEST_F(P256Faults, AWrongMultipleIsOffTheCurve) {
  const BigNumber with_offset = BigNumber::of_limbs({random_(), random_(), random_(), random_() >> 1}, 64);
  const BigNumber offset = (BigNumber::power_of_two(256) - BigNumber(1)) * BigNumber(2).inverse(order());
  const auto own = with_offset.limbs(5, 52);
  Carried<Order, Emulated, kOnce> scalar;
  for (size_t k = 0; k < 5; ++k) scalar.limb[k] = Emulated::splat(own[k]);
  Digits<Emulated> digits;
  split_digits(scalar, digits);
  std::vector<BigNumber> of_wrong_entries;
  for (int bit = 0; bit < 256; ++bit) {
    const BigNumber power = BigNumber::power_of_two(bit);
    const bool is_set = (own[static_cast<size_t>(bit / 52)] >> bit % 52 & 1) != 0;
    of_wrong_entries.push_back(multiple((is_set ? with_offset - power : with_offset + power) - offset).x);
  }
  const BigNumber wanted = multiple((with_offset - offset) % order()).x;
  operations = 0;
  base_multiple(*base_table(), digits);
  const int64_t total = operations;
  size_t found = 0, wrong_entries = 0;
  for (int i = 0; i < 9000; ++i) {
    choose_a_fault(total);
    operations = 0;
    const auto sum = base_multiple(*base_table(), digits);
    disturbed_at = -1;
    const auto inverse = lanes_inverted(within<kInvertible>(sum.zzz));
    const auto z = carried(multiplied(inverse, sum.zz));
    const auto y = carried(multiplied(inverse, sum.minus_y_factor));
    const auto x = carried(multiplied(sum.x_factor, carried(multiplied(z, z))));
    const auto off = off_curve(x, y);
    ASSERT_EQ(off & ~(1 << disturbed_lane), 0) << "in its lane alone";
    found += off != 0 ? 1 : 0;
    std::vector<uint64_t> limbs;
    for (const Emulated& limb : plain(x).limb) limbs.push_back(limb.lane[disturbed_lane]);
    const BigNumber got = BigNumber::of_limbs(limbs, 52);
    if (off != 0 || got == wanted) continue;
    ASSERT_NE(std::ranges::count(of_wrong_entries, got), 0) << disturbed_bit;
    ++wrong_entries;
  }
  RecordProperty("found", static_cast<int>(found));
  RecordProperty("wrong_entries", static_cast<int>(wrong_entries));
  EXPECT_GT(found, 3000U);
  EXPECT_GT(wrong_entries, 0U) << "the control: the curve does not tell of all";
}

}  // namespace
}  // namespace p256
}  // namespace signet::lanes
