// The signer that uses the lanes: what it signs, and what becomes of signatures that they made wrong.
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <thread>

#include "keystore/signing/signing_start.h"
#include "tests/keystore/signing/lane_rig.h"

namespace signet {
namespace {

using lanes::Ed25519LaneJob;
using lanes::kLanes;
using lanes::LaneState;

using LaneSignerTest = LaneRig;

// Wrong in the lanes of `bad_lanes` of every group, once `healthy` groups were signed.
std::atomic<unsigned> bad_lanes{0};
std::atomic<int> healthy{0};
bool sign_badly(const lanes::BaseTable& table, const Ed25519LaneJob* jobs, size_t groups) {
  const bool on_curve = usual_lanes()(table, jobs, groups);
  for (size_t i = 0; i < groups * kLanes; ++i) {
    if (i % kLanes == 0 && healthy-- > 0) {
      i += kLanes - 1;
      continue;
    }
    if ((bad_lanes >> i % kLanes & 1) != 0) jobs[i].signature[40] ^= 4;
  }
  return on_curve;
}
// Its own test at start is two groups.
constexpr int kTestGroups = 2;

TEST_F(LaneSignerTest, GroupsOfEverySizeAreSignedAsLibsodiumSignsThem) {
  ASSERT_EQ(start(usual_lanes(), 1), LaneState::kRunning);
  EXPECT_EQ(signer_->group_width(), kLanes);
  for (size_t count = 1; count <= 20; ++count) {
    const auto all = messages(count, count * 31);
    EXPECT_EQ(wrong(all, sign(all)), 0u) << count;
  }
  for (const size_t count : {63, 64, 65, 128, 1000}) {
    const auto all = messages(count, 50);
    EXPECT_EQ(wrong(all, sign(all)), 0u) << count;
  }
  EXPECT_EQ(sign({}).size(), 0u);
  EXPECT_EQ(lanes::lane_state(), LaneState::kRunning);
}

TEST_F(LaneSignerTest, LengthsFromNothingTo64KiBMixed) {
  ASSERT_EQ(start(usual_lanes(), 1), LaneState::kRunning);
  std::vector<std::vector<uint8_t>> all;
  for (size_t size = 0; size <= 65'536; size = size * 3 / 2 + 1) all.push_back(message(size));
  for (const size_t size : {2047, 2048, 2049, 65'536, 0}) all.push_back(message(size));
  std::ranges::shuffle(all, random_);
  EXPECT_EQ(wrong(all, sign(all)), 0u);
  // Nothing but long ones.
  const auto long_ones = messages(9, 5000);
  EXPECT_EQ(wrong(long_ones, sign(long_ones)), 0u);
}

// What the messages of a key begin with is hashed once, and again when it changes.
TEST_F(LaneSignerTest, MessagesThatBeginAlikeAndNot) {
  ASSERT_EQ(start(usual_lanes(), 1), LaneState::kRunning);
  const auto one = message(96), other = message(96);
  for (int round = 0; round < 40; ++round) {
    auto all = messages(1 + random_() % 20, 90 + random_() % 200);
    const unsigned kind = round % 4;  // all of one, all of the other, mixed, none
    for (auto& each : all) {
      if (each.size() < 96 || kind == 3) continue;
      const bool first = kind == 0 || (kind == 2 && random_() % 2 == 0);
      std::ranges::copy(first ? one : other, each.begin());
    }
    EXPECT_EQ(wrong(all, sign(all)), 0u) << round;
  }
  // Alike but for the last octet that counts, and the one after it.
  auto all = messages(16, 97);
  for (size_t i = 0; i < all.size(); ++i) {
    std::ranges::copy(one, all[i].begin());
    if (i == 11) all[i][95] ^= 1;
  }
  EXPECT_EQ(wrong(all, sign(all)), 0u);
  // No octet at all of a message that is shorter is read as one that begins so.
  const std::vector<std::vector<uint8_t>> zeroes(9, std::vector<uint8_t>(96, 0));
  EXPECT_EQ(wrong(zeroes, sign(zeroes)), 0u);
}

TEST_F(LaneSignerTest, CheckingSignsAgainInLanes) {
  ASSERT_EQ(start(usual_lanes()), LaneState::kRunning);
  const auto all = messages(20);
  auto signatures = sign(all);
  signatures[3][0] ^= 1;
  signatures[19][63] ^= 128;
  const std::vector<ByteSpan> inputs(all.begin(), all.end()), given(signatures.begin(), signatures.end());
  std::array<bool, 20> held{};
  EXPECT_EQ(signer_->check(inputs, given, held), 20u);
  for (size_t i = 0; i < held.size(); ++i) EXPECT_EQ(held[i], i != 3 && i != 19) << i;
}

TEST_F(LaneSignerTest, AFaultInAnyLaneOfAGroupWithIdleOnesIsCaughtWhereACopyIs) {
  for (unsigned real = 1; real < kLanes; ++real) {
    for (unsigned lane = 0; lane < kLanes; ++lane) {
      // Idle lane n carries a copy of lane n - real: with five and more, some of the real ones have none.
      const bool has_copy = lane >= real || lane < kLanes - real;
      if (!has_copy) continue;
      bad_lanes = 1u << lane;
      healthy = kTestGroups;
      ASSERT_EQ(start(sign_badly), LaneState::kRunning);
      const auto all = messages(real);
      EXPECT_EQ(wrong(all, sign(all)), 0u) << real << " real, lane " << lane;
      EXPECT_EQ(lanes::lane_state(), LaneState::kFaulty) << real << " real, lane " << lane;
      EXPECT_EQ(faults_, 1);
    }
  }
}

TEST_F(LaneSignerTest, TheControl_WhatIsComparedWithNothingGetsOut) {
  bad_lanes = 1u << 6;
  healthy = kTestGroups;
  ASSERT_EQ(start(sign_badly, 0), LaneState::kRunning);
  const auto all = messages(16);
  EXPECT_EQ(wrong(all, sign(all)), 2u) << "the fault is none";
  EXPECT_EQ(lanes::lane_state(), LaneState::kRunning);
}

TEST_F(LaneSignerTest, OfFullGroupsOneInSoManyIsCompared) {
  constexpr uint32_t kRate = 5;
  bad_lanes = 0xff;
  healthy = kTestGroups;
  ASSERT_EQ(start(sign_badly, kRate), LaneState::kRunning);
  unsigned calls = 0, got_out = 0;
  while (lanes::lane_state() == LaneState::kRunning && calls < 100) {
    const auto all = messages(kLanes);
    got_out = static_cast<unsigned>(wrong(all, sign(all)));
    ++calls;
  }
  EXPECT_LE(calls, kRate);
  EXPECT_EQ(got_out, 0u) << "the group in which it was found";
  EXPECT_EQ(lanes::lane_state(), LaneState::kFaulty);
}

TEST_F(LaneSignerTest, AnyLaneMayBeTheOneThatIsCompared) {
  for (unsigned lane = 0; lane < kLanes; ++lane) {
    bad_lanes = 1u << lane;
    healthy = kTestGroups;
    ASSERT_EQ(start(sign_badly, 1), LaneState::kRunning);
    int calls = 0;
    // One in eight each time: not once in four hundred has a chance of 10^-23.
    while (lanes::lane_state() == LaneState::kRunning && ++calls < 400) sign(messages(kLanes));
    EXPECT_EQ(lanes::lane_state(), LaneState::kFaulty) << lane;
  }
}

TEST_F(LaneSignerTest, AfterAFaultAllSignersArePortableForGood) {
  bad_lanes = 1;
  healthy = kTestGroups;
  ASSERT_EQ(start(sign_badly), LaneState::kRunning);
  const auto other = make_signer(key_);
  EXPECT_EQ(other->cost_ns(1, 1'300), 8 * 1'300u) << "alone it takes as long as eight";
  EXPECT_EQ(other->each_cost_ns(1'300), 1'300u);
  sign(messages(1));
  bad_lanes = 0;
  EXPECT_EQ(other->group_width(), 1u);
  EXPECT_EQ(other->each_cost_ns(1'300), 18'000u) << "of a key that was loaded before";
  EXPECT_EQ(other->cost_ns(2, 1'300), 2 * 18'000u);
  const auto all = messages(30);
  EXPECT_EQ(wrong(all, sign(all)), 0u);
  EXPECT_EQ(lanes::ed25519_lanes(), nullptr);
  EXPECT_EQ(lanes::lane_state(), LaneState::kFaulty);
  EXPECT_EQ(faults_, 1);
  EXPECT_GE(signature_cost_ns(JwsAlgorithm::kEdDSA, 0), 10'000u);
}

TEST_F(LaneSignerTest, AFaultIsToldOnceHoweverManyThreadsFindIt) {
  bad_lanes = 1;
  healthy = kTestGroups;
  ASSERT_EQ(start(sign_badly), LaneState::kRunning);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([this, t, signer = make_signer(key_)] {
      const std::vector<uint8_t> text(100 + static_cast<size_t>(t), 'x');
      for (int i = 0; i < 50; ++i) {
        Signature signature{};
        const ByteSpan input(text);
        const MutableByteSpan output(signature);
        EXPECT_EQ(signer->sign({&input, 1}, {&output, 1}), 1u);
        EXPECT_EQ(signature, wanted(text));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(faults_, 1);
}

TEST_F(LaneSignerTest, WhatFailsItsTestAtStartSignsNothing) {
  for (unsigned lane = 0; lane < kLanes; ++lane) {
    bad_lanes = 1u << lane;
    healthy = 1;  // the second group
    EXPECT_EQ(start(sign_badly), LaneState::kSelfTestFailed) << lane;
    EXPECT_EQ(signer_->group_width(), 1u);
    const auto all = messages(9);
    EXPECT_EQ(wrong(all, sign(all)), 0u);
  }
}

TEST_F(LaneSignerTest, WhereTheLanesAreNotWantedOrCannotRunLibsodiumSigns) {
  EXPECT_EQ(lanes::start_lanes({.wanted = false, .on_fault = {}}), LaneState::kNotWanted);
  EXPECT_EQ(lanes::ed25519_lanes(), nullptr);
  ::setenv("SIGNET_WITHOUT_AVX512", "1", 1);
  EXPECT_EQ(start(nullptr), LaneState::kUnsupported);
  ::unsetenv("SIGNET_WITHOUT_AVX512");
  EXPECT_EQ(signer_->group_width(), 1u);
  const auto all = messages(17);
  EXPECT_EQ(wrong(all, sign(all)), 0u);
}

TEST_F(LaneSignerTest, EveryStateSaysWhy) {
  using enum LaneState;
  for (const LaneState state : {kNotStarted, kNotWanted, kUnsupported, kSelfTestFailed, kRunning, kFaulty}) {
    EXPECT_FALSE(lanes::lane_state_text(state).empty());
  }
}

}  // namespace
}  // namespace signet
