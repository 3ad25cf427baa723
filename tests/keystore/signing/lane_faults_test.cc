// A build of the lanes in which single bits flip in the middle of the work: no wrong signature leaves.
#include <gtest/gtest.h>

#include "keystore/signing/lanes/field25519_one.h"
#include "keystore/signing/lanes/inverse25519.h"
#include "tests/keystore/signing/lane_rig.h"
#include "tests/keystore/signing/lanes/disturb.h"

namespace signet {
namespace lanes {

// In the place of the one inversion of all lanes: a^(p - 2), with this bit of it wrong where it is not negative.
int inverse_disturbed = -1;
void inverse25519(uint64_t (&a)[4]) {
  const Element base = element_of(a);
  Element power = base;
  for (int bit = 253; bit >= 0; --bit) {
    power = power * power;
    if (bit != 2 && bit != 4) power = power * base;  // 2^255 - 21
  }
  words_of(power, a);
  if (inverse_disturbed >= 0) a[inverse_disturbed / 64] ^= uint64_t{1} << inverse_disturbed % 64;
}

}  // namespace lanes

namespace {

using lanes::LaneState;

class LaneFaultsTest : public LaneRig {
 protected:
  struct Outcome {
    size_t found = 0;    // of the tries, those in which the lanes were given up
    size_t got_out = 0;  // with a wrong signature
  };
  // Flips a random bit of a random operation in each of `tries`.
  Outcome disturb(size_t real, int tries, uint32_t spot_check) {
    const auto all = messages(real, 200);
    EXPECT_EQ(start(lanes::ed25519_sign_emulated, spot_check), LaneState::kRunning);
    lanes::operations = 0;
    sign(all);
    const int64_t total = lanes::operations;
    EXPECT_GT(total, 10'000);
    Outcome outcome;
    for (int i = 0; i < tries; ++i) {
      EXPECT_EQ(start(lanes::ed25519_sign_emulated, spot_check), LaneState::kRunning);
      lanes::operations = 0;
      lanes::disturbed_at = static_cast<int64_t>(random_() % static_cast<uint64_t>(total));
      lanes::disturbed_lane = static_cast<unsigned>(random_() % 8);
      lanes::disturbed_bit = static_cast<unsigned>(random_() % 64);
      outcome.got_out += wrong(all, sign(all)) != 0;
      lanes::disturbed_at = -1;
      outcome.found += lanes::lane_state() == LaneState::kFaulty;
    }
    return outcome;
  }
};

TEST_F(LaneFaultsTest, NoFlippedBitReachesASignatureThatHasCopies) {
  for (const size_t real : {1, 2, 4}) {
    const Outcome outcome = disturb(real, 600, 1024);
    EXPECT_EQ(outcome.got_out, 0u) << real << " real";
    // Many bits do not count, such as those above a limb that was carried.
    EXPECT_GT(outcome.found, 150u) << real << " real";
  }
}

// The inversion is shared: its fault makes copies wrong as it does their originals.
TEST_F(LaneFaultsTest, AWrongInversionLeavesTheCurve) {
  for (const size_t real : {1, 8, 64}) {
    const auto all = messages(real, 200);
    for (int bit = 0; bit < 255; ++bit) {
      ASSERT_EQ(start(lanes::ed25519_sign_emulated, 0), LaneState::kRunning);
      lanes::inverse_disturbed = bit;
      const auto signatures = sign(all);
      lanes::inverse_disturbed = -1;
      EXPECT_EQ(wrong(all, signatures), 0u) << real << " real, bit " << bit;
      EXPECT_EQ(lanes::lane_state(), LaneState::kFaulty);
    }
  }
}

// Where there is no copy and libsodium is not asked, most faults of one lane leave the curve too. The others may get
// out, which is what `signer_spot_check` bounds.
TEST_F(LaneFaultsTest, MostFaultsLeaveTheCurve) {
  const Outcome outcome = disturb(8, 600, 0);
  EXPECT_GT(outcome.got_out, 0u) << "the control: of a group without copies some do get out";
  EXPECT_GT(outcome.found, outcome.got_out);
}

}  // namespace
}  // namespace signet
