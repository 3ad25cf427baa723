// The signer of P-256 keys that uses the lanes: what it signs, and what becomes of signatures that they made wrong.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <random>
#include <set>
#include <thread>

#include "keystore/signing/key_material.h"
#include "keystore/signing/lanes/lane_dispatch.h"
#include "keystore/signing/lanes/lane_support.h"
#include "keystore/signing/lanes/p256/p256_self_test.h"
#include "tests/keystore/signing/lanes/p256/p256_emulated.h"

namespace signet {
namespace {

using lanes::kLanes;
using lanes::LaneState;
using lanes::p256::BaseTable;
using lanes::p256::LaneJob;
using lanes::p256::Outcome;

lanes::p256::Sign usual_lanes() {
#if defined(__x86_64__)
  if (lanes::avx512_lanes_supported()) return lanes::p256::sign_avx512;
#endif
  return lanes::p256::sign_emulated;
}

// Its own test at start: two good groups, and two that must be found.
constexpr int kTestGroups = 4;
constexpr int kHealthy = 1'000'000;

// What was asked of the lanes, and what goes wrong once `healthy` groups were signed: an octet in the lanes of
// `bad_lanes`, seen by nobody; the lanes' own look at R and s; a nonce that is refused.
std::atomic<int> signed_groups{0}, healthy{kHealthy};
std::atomic<unsigned> bad_lanes{0}, refused_lanes{0};
std::atomic<bool> found_wrong{false};
std::atomic<size_t> last_count{0};

Outcome sign_watched(const BaseTable& table, const LaneJob* jobs, size_t groups) {
  Outcome outcome = usual_lanes()(table, jobs, groups);
  last_count = groups * kLanes;
  const int before = signed_groups.fetch_add(static_cast<int>(groups));
  if (before < healthy) return outcome;
  for (size_t i = 0; i < groups * kLanes; ++i) {
    if ((bad_lanes >> i % kLanes & 1) != 0) jobs[i].signature[40] ^= 4;
  }
  if (found_wrong) outcome.right = false;
  outcome.refused |= refused_lanes;
  return outcome;
}

using Messages = std::vector<std::vector<uint8_t>>;
using Signature = std::array<uint8_t, 64>;
using Signatures = std::vector<Signature>;

class LaneP256SignerTest : public testing::Test {
 protected:
  void SetUp() override {
    key();  // a new key signs too
    ASSERT_EQ(start(), LaneState::kRunning);
  }
  void TearDown() override { lanes::start_lanes({}); }

  LaneState start(uint32_t spot_check = 1024, lanes::p256::Sign lanes_sign = sign_watched) {
    faults_ = 0;
    signed_groups = -kTestGroups;
    healthy = kHealthy;
    bad_lanes = refused_lanes = 0;
    found_wrong = false;
    return lanes::start_lanes({.spot_check = spot_check, .on_fault = [this] { ++faults_; }, .p256 = lanes_sign});
  }
  static const std::shared_ptr<const PrivateKey>& key(size_t which = 0) {
    static const std::array<std::shared_ptr<const PrivateKey>, 3> keys = {
        generate_private_key(JwsAlgorithm::kES256, 0).value(), generate_private_key(JwsAlgorithm::kES256, 0).value(),
        generate_private_key(JwsAlgorithm::kES256, 0).value()};
    return keys[which];
  }
  std::vector<uint8_t> message(size_t size) {
    std::vector<uint8_t> octets(size);
    for (uint8_t& octet : octets) octet = static_cast<uint8_t>(random_());
    return octets;
  }
  Messages messages(size_t count, size_t size = 300) {
    Messages all;
    for (size_t i = 0; i < count; ++i) all.push_back(message(size));
    return all;
  }
  static Signatures sign(Signer& signer, const Messages& messages) {
    Signatures signatures(messages.size());
    const std::vector<ByteSpan> inputs(messages.begin(), messages.end());
    const std::vector<MutableByteSpan> outputs(signatures.begin(), signatures.end());
    EXPECT_EQ(signer.sign(inputs, outputs), messages.size());
    return signatures;
  }
  void expect_only_openssl_signs(Signer& signer, size_t count) {
    signed_groups = 0;
    EXPECT_EQ(signer.group_width(), 1u);
    const Messages all = messages(count);
    EXPECT_EQ(wrong(*key(), all, sign(signer, all)), 0u);
    EXPECT_EQ(signed_groups, 0);
  }
  // How many OpenSSL does not verify.
  static size_t wrong(const PrivateKey& key, const Messages& messages, const Signatures& signatures) {
    const auto& material = dynamic_cast<const KeyMaterial&>(key);
    size_t count = 0;
    for (size_t i = 0; i < messages.size(); ++i) count += material.matches(messages[i], signatures[i]) ? 0 : 1;
    return count;
  }
  void expect_signed(const Messages& all) {
    const auto signer = make_signer(key());
    EXPECT_EQ(wrong(*key(), all, sign(*signer, all)), 0u) << all.size();
  }
  // Nothing wrong was released, and the lanes are given up.
  void expect_fault_found(size_t count, const std::string& what) {
    const auto signer = make_signer(key()), other = make_signer(key(1));
    healthy = 0;
    const Messages all = messages(count);
    EXPECT_EQ(wrong(*key(), all, sign(*signer, all)), 0u) << what;
    EXPECT_EQ(lanes::lane_state(), LaneState::kFaulty) << what;
    EXPECT_EQ(lanes::p256_lanes(), nullptr);
    EXPECT_EQ(faults_, 1) << what;
    const int groups = signed_groups;
    EXPECT_EQ(wrong(*key(1), all, sign(*other, all)), 0u) << what;
    EXPECT_EQ(signed_groups, groups) << "none after it";
  }
  std::atomic<int> faults_ = 0;
  std::mt19937_64 random_{47};
};

TEST_F(LaneP256SignerTest, GroupsOfEverySizeVerify) {
  ASSERT_EQ(start(1), LaneState::kRunning);
  for (size_t count = 0; count <= 20; ++count) expect_signed(messages(count, count * 31));
  for (const size_t count : {63, 64, 65, 128, 1000}) expect_signed(messages(count, 50));
  EXPECT_EQ(lanes::lane_state(), LaneState::kRunning);
  // 1 to 8 in one group, 9 to 16 in two, 17 to 20 in three; 8, 8, 9, 16 and 125.
  EXPECT_EQ(signed_groups, 8 + 16 + 12 + 8 + 8 + 9 + 16 + 125);
}

TEST_F(LaneP256SignerTest, LengthsFromNothingTo64KiBMixed) {
  Messages all;
  for (size_t size = 0; size <= 65'536; size = size * 3 / 2 + 1) all.push_back(message(size));
  for (const size_t size : {55, 56, 63, 64, 65, 65'536, 0}) all.push_back(message(size));
  std::ranges::shuffle(all, random_);
  expect_signed(all);
  EXPECT_EQ(static_cast<size_t>(signed_groups), (all.size() + 7) / 8) << "no length is left to OpenSSL";
}

TEST_F(LaneP256SignerTest, KeysInTurn) {
  std::array<std::unique_ptr<Signer>, 3> signers;
  for (size_t i = 0; i < 3; ++i) signers[i] = make_signer(key(i));
  for (size_t round = 0; round < 30; ++round) {
    const Messages all = messages(1 + round % 11, round);
    const Signatures signatures = sign(*signers[round % 3], all);
    EXPECT_EQ(wrong(*key(round % 3), all, signatures), 0u);
    EXPECT_EQ(wrong(*key((round + 1) % 3), all, signatures), all.size()) << "the control";
  }
  EXPECT_EQ(lanes::lane_state(), LaneState::kRunning);
}

TEST_F(LaneP256SignerTest, AKeyThatWasStoredSignsAsBefore) {
  const auto stored = dynamic_cast<const KeyMaterial&>(*key()).serialise();
  const auto loaded = load_private_key(JwsAlgorithm::kES256, stored.expose());
  ASSERT_TRUE(loaded.has_value());
  const Messages all = messages(10);
  EXPECT_EQ(wrong(*key(), all, sign(*make_signer(*loaded), all)), 0u);
}

// Equal r would be equal nonces: in one batch, in two, and between signers.
TEST_F(LaneP256SignerTest, NoTwoSignaturesOfOneMessageShareANonce) {
  const Messages all(100, std::vector<uint8_t>(10, 'x'));
  std::set<std::array<uint8_t, 32>> seen;
  for (int i = 0; i < 2; ++i) {
    const auto signer = make_signer(key());
    for (int again = 0; again < 2; ++again) {
      for (const Signature& signature : sign(*signer, all)) {
        std::array<uint8_t, 32> r;
        std::copy_n(signature.begin(), r.size(), r.begin());
        seen.insert(r);
      }
    }
  }
  EXPECT_EQ(seen.size(), 400u);
}

TEST_F(LaneP256SignerTest, AFaultInAnyLaneOfAGroupWithIdleOnesIsFoundWhereACopyIs) {
  for (unsigned real = 1; real < kLanes; ++real) {
    for (unsigned lane = 0; lane < kLanes; ++lane) {
      // Idle lane n carries a copy of lane n - real: with five and more, some of the real ones have none.
      if (lane < real && lane >= kLanes - real) continue;
      ASSERT_EQ(start(), LaneState::kRunning);
      bad_lanes = 1u << lane;
      expect_fault_found(real, std::to_string(real) + " real, lane " + std::to_string(lane));
    }
  }
}

TEST_F(LaneP256SignerTest, AFaultInTheLastGroupHoldsTheWholeBatchBack) {
  bad_lanes = 1u << 7;  // of the full groups too, where nobody looks
  expect_fault_found(63, "63");
  EXPECT_EQ(last_count, 64u);
}

TEST_F(LaneP256SignerTest, WhatTheLanesFindThemselvesIsHeldBack) {
  for (const size_t count : {1, 8, 64, 100}) {
    ASSERT_EQ(start(0), LaneState::kRunning);
    found_wrong = true;
    bad_lanes = 0xff;
    expect_fault_found(count, "wrong, " + std::to_string(count));
    ASSERT_EQ(start(0), LaneState::kRunning);
    refused_lanes = 1;
    bad_lanes = 1;
    expect_fault_found(count, "refused, " + std::to_string(count));
  }
}

TEST_F(LaneP256SignerTest, TheControl_WhatIsComparedWithNothingGetsOut) {
  ASSERT_EQ(start(0), LaneState::kRunning);
  const auto signer = make_signer(key());
  healthy = 0;
  bad_lanes = 1u << 6;
  const Messages all = messages(16);
  EXPECT_EQ(wrong(*key(), all, sign(*signer, all)), 2u) << "the fault is none";
  EXPECT_EQ(lanes::lane_state(), LaneState::kRunning);
}

TEST_F(LaneP256SignerTest, OfFullGroupsOneInSoManyIsVerified) {
  constexpr uint32_t kRate = 5;
  ASSERT_EQ(start(kRate), LaneState::kRunning);
  const auto signer = make_signer(key());
  healthy = 0;
  bad_lanes = 0xff;
  unsigned calls = 0;
  size_t got_out = 0;
  for (; lanes::lane_state() == LaneState::kRunning && calls < 100; ++calls) {
    const Messages all = messages(kLanes);
    got_out = wrong(*key(), all, sign(*signer, all));
  }
  EXPECT_LE(calls, kRate);
  EXPECT_EQ(got_out, 0u) << "the group in which it was found";
  EXPECT_EQ(lanes::lane_state(), LaneState::kFaulty);
}

TEST_F(LaneP256SignerTest, AnyLaneMayBeTheOneThatIsVerified) {
  for (unsigned lane = 0; lane < kLanes; ++lane) {
    ASSERT_EQ(start(1), LaneState::kRunning);
    const auto signer = make_signer(key());
    healthy = 0;
    bad_lanes = 1u << lane;
    int calls = 0;
    // One in eight each time: not once in four hundred has a chance of 10^-23.
    while (lanes::lane_state() == LaneState::kRunning && ++calls < 400) sign(*signer, messages(kLanes));
    EXPECT_EQ(lanes::lane_state(), LaneState::kFaulty) << lane;
  }
}

TEST_F(LaneP256SignerTest, WhatFailsItsTestAtStartSignsNothing) {
  const lanes::p256::Sign faulty[] = {
      [](const BaseTable& table, const LaneJob* jobs, size_t groups) {
        const Outcome outcome = usual_lanes()(table, jobs, groups);
        jobs[groups * kLanes - 1].signature[63] ^= 1;
        return outcome;
      },
      // Right signatures that are not the known ones.
      [](const BaseTable& table, const LaneJob* jobs, size_t groups) {
        std::vector<LaneJob> own(jobs, jobs + groups * kLanes);
        std::array<uint8_t, 64> input;
        std::copy_n(jobs[0].input, input.size(), input.begin());
        input[0] ^= 1;
        own[0].input = input.data();
        return usual_lanes()(table, own.data(), groups);
      },
      [](const BaseTable& table, const LaneJob* jobs, size_t groups) {
        Outcome outcome = usual_lanes()(table, jobs, groups);
        outcome.refused = 2;
        return outcome;
      },
      // Finds nothing wrong.
      [](const BaseTable& table, const LaneJob* jobs, size_t groups) {
        Outcome outcome = usual_lanes()(table, jobs, groups);
        outcome.right = true;
        return outcome;
      },
      [](const BaseTable&, const LaneJob*, size_t) { return Outcome{false, 0}; },
  };
  for (size_t i = 0; i < std::size(faulty); ++i) {
    EXPECT_EQ(start(1024, faulty[i]), LaneState::kSelfTestFailed) << i;
    EXPECT_EQ(lanes::p256_lanes(), nullptr);
    expect_signed(messages(9));
  }
  EXPECT_EQ(faults_, 0);
}

TEST_F(LaneP256SignerTest, EachImplementationHolds) {
  const BaseTable* table = lanes::p256::base_table();
  ASSERT_NE(table, nullptr);
  EXPECT_TRUE(lanes::p256::lanes_hold(*table, usual_lanes()));
  EXPECT_TRUE(lanes::p256::lanes_hold(*table, lanes::p256::sign_emulated));
  ASSERT_EQ(start(1, lanes::p256::sign_emulated), LaneState::kRunning);
  expect_signed(messages(21));
  EXPECT_EQ(lanes::lane_state(), LaneState::kRunning);
}

TEST_F(LaneP256SignerTest, UnwantedLanesSignNothing) {
  const auto signer = make_signer(key());
  EXPECT_EQ(signer->group_width(), kLanes);
  EXPECT_FALSE(signer->can_check());
  lanes::start_lanes({.wanted = false, .on_fault = {}});
  expect_only_openssl_signs(*signer, 70);
}

TEST_F(LaneP256SignerTest, WithoutLanesOpensslSigns) {
  const auto signer = make_signer(key());
  EXPECT_EQ(signer->group_width(), kLanes);
  ::setenv("SIGNET_WITHOUT_AVX512", "1", 1);
  EXPECT_EQ(lanes::start_lanes({}), LaneState::kUnsupported);
  ::unsetenv("SIGNET_WITHOUT_AVX512");
  expect_only_openssl_signs(*signer, 17);
}

TEST_F(LaneP256SignerTest, LanesOfOtherAlgorithmsAreNone) {
  EXPECT_EQ(lanes::ed25519_lanes(), nullptr);
  EXPECT_EQ(lanes::rsa_lanes(), nullptr);
  const auto ed25519 = generate_private_key(JwsAlgorithm::kEdDSA, 0).value();
  const auto signer = make_signer(ed25519);
  EXPECT_EQ(signer->group_width(), 1u);
  const Messages all = messages(9);
  EXPECT_EQ(wrong(*ed25519, all, sign(*signer, all)), 0u);
}

TEST_F(LaneP256SignerTest, CostsAreOfWholeGroupsOrOfOpenssl) {
  const auto signer = make_signer(key());
  const uint32_t each = signature_cost_ns(JwsAlgorithm::kES256, 0);
  const uint32_t alone = 22'000;
  EXPECT_EQ(each, 2'000u);
  EXPECT_EQ(signer->cost_ns(8, each), 8 * each);
  EXPECT_EQ(signer->cost_ns(1, each), 8 * each);
  EXPECT_LT(signer->cost_ns(1, each), alone);
  EXPECT_EQ(signer->cost_ns(17, each), 24 * each);
  EXPECT_EQ(signer->cost_ns(0, each), 0u);
  EXPECT_EQ(signer->each_cost_ns(each), each);
  lanes::lanes_faulty();
  EXPECT_EQ(signer->each_cost_ns(each), alone) << "of a key that was loaded before";
  EXPECT_EQ(signer->cost_ns(8, each), 8 * alone);
  EXPECT_EQ(signature_cost_ns(JwsAlgorithm::kES256, 0), alone);
}

TEST_F(LaneP256SignerTest, WorkersSignAtOnceAndAFaultIsToldOnce) {
  const auto run = [this] {
    std::vector<std::thread> threads;
    for (size_t t = 0; t < 4; ++t) {
      threads.emplace_back([all = messages(20 + t, t), signer = make_signer(key(t % 3)), t] {
        for (int i = 0; i < 20; ++i) EXPECT_EQ(wrong(*key(t % 3), all, sign(*signer, all)), 0u);
      });
    }
    for (auto& thread : threads) thread.join();
  };
  run();
  EXPECT_EQ(lanes::lane_state(), LaneState::kRunning);
  healthy = 0;
  found_wrong = true;
  run();
  EXPECT_EQ(lanes::lane_state(), LaneState::kFaulty);
  EXPECT_EQ(faults_, 1);
}

}  // namespace
}  // namespace signet
