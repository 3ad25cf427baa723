// The signer of RSA keys that uses the lanes: what it signs, when it leaves it to OpenSSL, and what becomes of
// signatures that the lanes made wrong.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "keystore/signing/key_material.h"
#include "keystore/signing/lanes/lane_dispatch.h"
#include "keystore/signing/lanes/lane_support.h"
#include "tests/keystore/signing/lanes/rsa/rsa_primitives.h"

namespace signet {
namespace {

using lanes::kLanes;
using lanes::LaneState;
using lanes::RsaLanes;

const RsaLanes& usual_lanes() {
#if defined(__x86_64__)
  if (lanes::avx512_lanes_supported()) return lanes::rsa_lanes_avx512;
#endif
  return lanes::rsa_lanes_emulated;
}

// What was asked of the lanes, and from which call on one lane is faulty.
std::atomic<int> signed_groups{0}, blinded{0}, healthy{1'000'000};
constexpr RsaLanes kWatched{
    [](const lanes::RsaLaneKey& key, const lanes::RsaLaneNumbers& random, lanes::RsaLaneBlinding& blinding) {
      ++blinded;
      usual_lanes().blind(key, random, blinding);
    },
    [](const lanes::RsaLaneKey& key, lanes::RsaLaneBlinding& blinding, const lanes::RsaLaneNumbers& messages,
       lanes::RsaLaneNumbers& signatures) {
      if (signed_groups++ >= healthy) blinding.inverse.limb[5][6] ^= 8;
      return usual_lanes().sign(key, blinding, messages, signatures);
    }};
// Its own test at start: two keys, each a good group and one that must be found.
constexpr int kTestGroups = 4;

using Messages = std::vector<std::vector<uint8_t>>;
using Signatures = std::vector<std::vector<uint8_t>>;

class LaneRsaSignerTest : public testing::Test {
 protected:
  void SetUp() override { start(); }
  void TearDown() override { lanes::start_lanes({}); }

  LaneState start() {
    faults_ = 0;
    signed_groups = -kTestGroups;
    const auto state = lanes::start_lanes({.on_fault = [this] { ++faults_; }, .rsa = &kWatched});
    blinded = 0;
    return state;
  }
  static const KeyMaterial& key(JwsAlgorithm algorithm, int bits) {
    static std::map<std::pair<JwsAlgorithm, int>, std::shared_ptr<const PrivateKey>> made;
    auto& own = made[{algorithm, bits}];
    if (!own) own = generate_private_key(algorithm, bits).value();
    return dynamic_cast<const KeyMaterial&>(*own);
  }
  static std::unique_ptr<Signer> signer_of(JwsAlgorithm algorithm, int bits) {
    const KeyMaterial& material = key(algorithm, bits);
    return make_signer(std::shared_ptr<const PrivateKey>(&material, [](const PrivateKey*) {}));
  }
  Messages messages(size_t count, size_t size = 300) {
    Messages all(count, std::vector<uint8_t>(size));
    for (auto& message : all) {
      for (uint8_t& octet : message) octet = static_cast<uint8_t>(random_());
    }
    return all;
  }
  static Signatures sign(Signer& signer, const Messages& messages, size_t octets) {
    Signatures signatures(messages.size(), std::vector<uint8_t>(octets, 0xee));
    const std::vector<ByteSpan> inputs(messages.begin(), messages.end());
    const std::vector<MutableByteSpan> outputs(signatures.begin(), signatures.end());
    EXPECT_EQ(signer.sign(inputs, outputs), messages.size());
    return signatures;
  }
  // How many OpenSSL does not verify. Of RS256, what it verifies is what it signs, octet for octet.
  static size_t wrong(const KeyMaterial& key, const Messages& messages, const Signatures& signatures) {
    size_t count = 0;
    for (size_t i = 0; i < messages.size(); ++i) count += key.matches(messages[i], signatures[i]) ? 0 : 1;
    return count;
  }
  void expect_signed(JwsAlgorithm algorithm, int bits, const Messages& all) {
    const auto signer = signer_of(algorithm, bits);
    EXPECT_EQ(wrong(key(algorithm, bits), all, sign(*signer, all, static_cast<size_t>(bits) / 8)), 0u) << bits;
  }
  std::atomic<int> faults_ = 0;
  std::mt19937_64 random_{43};
};

TEST_F(LaneRsaSignerTest, GroupsOfEverySizeVerify) {
  for (const JwsAlgorithm algorithm : {JwsAlgorithm::kRS256, JwsAlgorithm::kPS256}) {
    for (size_t count = 0; count <= 17; ++count) expect_signed(algorithm, 2048, messages(count, count * 31));
    for (const size_t count : {63, 64, 65, 1000}) expect_signed(algorithm, 2048, messages(count, 50));
    for (const size_t count : {1, 2, 8, 9, 20}) expect_signed(algorithm, 3072, messages(count));
  }
  EXPECT_EQ(lanes::lane_state(), LaneState::kRunning);
  EXPECT_GT(signed_groups, 300);
}

TEST_F(LaneRsaSignerTest, LengthsFromNothingTo64KiBMixed) {
  for (const JwsAlgorithm algorithm : {JwsAlgorithm::kRS256, JwsAlgorithm::kPS256}) {
    Messages all;
    for (size_t size = 0; size <= 65'536; size = size * 3 / 2 + 1) all.push_back(messages(1, size)[0]);
    for (const size_t size : {55, 56, 63, 64, 65, 300, 65'536, 0}) all.push_back(messages(1, size)[0]);
    ASSERT_EQ(all.size() % kLanes, 3u) << "enough for a group";
    std::ranges::shuffle(all, random_);
    signed_groups = 0;
    expect_signed(algorithm, 2048, all);
    EXPECT_EQ(static_cast<size_t>(signed_groups), (all.size() + 7) / 8) << "no length is left to OpenSSL";
  }
}

TEST_F(LaneRsaSignerTest, WithoutLanesOpensslSigns) {
  const auto signer = signer_of(JwsAlgorithm::kPS256, 2048);
  EXPECT_EQ(signer->group_width(), kLanes);
  ::setenv("SIGNET_WITHOUT_AVX512", "1", 1);
  EXPECT_EQ(lanes::start_lanes({}), LaneState::kUnsupported);
  ::unsetenv("SIGNET_WITHOUT_AVX512");
  signed_groups = 0;
  EXPECT_EQ(signer->group_width(), 1u);
  const Messages all = messages(17);
  EXPECT_EQ(wrong(key(JwsAlgorithm::kPS256, 2048), all, sign(*signer, all, 256)), 0u);
  EXPECT_EQ(signed_groups, 0);
}

TEST_F(LaneRsaSignerTest, RS256IsOctetForOctetWhatOpensslSigns) {
  for (const int bits : {2048, 3072}) {
    const auto octets = static_cast<size_t>(bits) / 8;
    const Messages all = messages(24);
    const auto signer = signer_of(JwsAlgorithm::kRS256, bits);
    start();
    const Signatures in_lanes = sign(*signer, all, octets);
    EXPECT_EQ(signed_groups, 3);
    lanes::start_lanes({.wanted = false, .on_fault = {}});
    EXPECT_EQ(in_lanes, sign(*signer, all, octets));
  }
}

TEST_F(LaneRsaSignerTest, PS256OfOneMessageIsNeverTheSame) {
  const auto signer = signer_of(JwsAlgorithm::kPS256, 2048);
  const Signatures all = sign(*signer, Messages(40, std::vector<uint8_t>(10, 'x')), 256);
  EXPECT_EQ(std::set<std::vector<uint8_t>>(all.begin(), all.end()).size(), all.size());
}

TEST_F(LaneRsaSignerTest, FewAreLeftToOpenssl) {
  struct Case {
    int bits;
    size_t count;
    int groups;
  };
  for (const Case& c : {Case{2048, 1, 0},
                        {2048, 2, 0},
                        {2048, 3, 1},
                        {2048, 8, 1},
                        {2048, 9, 1},
                        {2048, 11, 2},
                        {3072, 1, 0},
                        {3072, 2, 1},
                        {3072, 9, 1},
                        {3072, 10, 2}}) {
    const auto signer = signer_of(JwsAlgorithm::kRS256, c.bits);
    signed_groups = 0;
    sign(*signer, messages(c.count), static_cast<size_t>(c.bits) / 8);
    EXPECT_EQ(signed_groups, c.groups) << c.count << " of " << c.bits << " bits";
  }
}

TEST_F(LaneRsaSignerTest, KeysOf4096BitsStayWithOpenssl) {
  const auto signer = signer_of(JwsAlgorithm::kRS256, 4096);
  EXPECT_EQ(signer->group_width(), 1u);
  signed_groups = 0;
  expect_signed(JwsAlgorithm::kRS256, 4096, messages(9));
  EXPECT_EQ(signed_groups, 0);
}

TEST_F(LaneRsaSignerTest, TheBlindingIsMadeAnewAfterSomeGroups) {
  const auto signer = signer_of(JwsAlgorithm::kRS256, 2048);
  sign(*signer, messages(8), 256);
  EXPECT_EQ(blinded, 1);
  sign(*signer, messages(31 * 8), 256);
  EXPECT_EQ(blinded, 1);
  sign(*signer, messages(8), 256);
  EXPECT_EQ(blinded, 2);
}

TEST_F(LaneRsaSignerTest, AWrongSignatureEndsTheLanesAndOpensslSignsTheGroup) {
  for (const JwsAlgorithm algorithm : {JwsAlgorithm::kRS256, JwsAlgorithm::kPS256}) {
    for (const size_t count : {3, 7, 8, 40}) {
      ASSERT_EQ(start(), LaneState::kRunning);
      const auto signer = signer_of(algorithm, 2048);
      const auto other = signer_of(algorithm, 2048);
      EXPECT_EQ(other->group_width(), kLanes);
      healthy = 0;
      const Messages all = messages(count);
      EXPECT_EQ(wrong(key(algorithm, 2048), all, sign(*signer, all, 256)), 0u);
      healthy = 1'000'000;
      EXPECT_EQ(lanes::lane_state(), LaneState::kFaulty);
      EXPECT_EQ(faults_, 1);
      EXPECT_EQ(signed_groups, 1) << "none after it";
      EXPECT_EQ(other->group_width(), 1u);
      EXPECT_EQ(wrong(key(algorithm, 2048), all, sign(*other, all, 256)), 0u);
    }
  }
}

TEST_F(LaneRsaSignerTest, WhatFailsItsTestAtStartSignsNothing) {
  for (int good = 0; good < kTestGroups; ++good) {
    if (good % 2 != 0) continue;  // every second group of the test is a wrong one
    healthy = good - kTestGroups;
    EXPECT_EQ(start(), LaneState::kSelfTestFailed) << good;
    healthy = 1'000'000;
    EXPECT_EQ(lanes::rsa_lanes(), nullptr);
    EXPECT_EQ(lanes::ed25519_lanes(), nullptr);
    expect_signed(JwsAlgorithm::kRS256, 2048, messages(9));
  }
}

TEST_F(LaneRsaSignerTest, LanesThatFindNothingWrongFailTheirTest) {
  static constexpr RsaLanes kBlind{kWatched.blind,
                                   [](const lanes::RsaLaneKey& key, lanes::RsaLaneBlinding& blinding,
                                      const lanes::RsaLaneNumbers& messages, lanes::RsaLaneNumbers& signatures) {
                                     usual_lanes().sign(key, blinding, messages, signatures);
                                     return true;
                                   }};
  EXPECT_EQ(lanes::start_lanes({.on_fault = {}, .rsa = &kBlind}), LaneState::kSelfTestFailed);
}

TEST_F(LaneRsaSignerTest, CostsAreOfWholeGroupsOrOfOpenssl) {
  const auto signer = signer_of(JwsAlgorithm::kRS256, 2048);
  const uint32_t each = signature_cost_ns(JwsAlgorithm::kRS256, 2048);
  const uint32_t alone = 320'000;
  EXPECT_LT(each, alone / 2);
  EXPECT_EQ(signer->cost_ns(8, each), 8 * each);
  EXPECT_EQ(signer->cost_ns(5, each), 8 * each);
  EXPECT_EQ(signer->cost_ns(2, each), 2 * alone);
  EXPECT_EQ(signer->cost_ns(17, each), 16 * each + alone);
  EXPECT_EQ(signature_cost_ns(JwsAlgorithm::kPS256, 4096), 3'900'000u);
  EXPECT_EQ(signer->each_cost_ns(each), each);
  lanes::lanes_faulty();
  EXPECT_EQ(signer->each_cost_ns(each), alone) << "of a key that was loaded before";
  EXPECT_EQ(signer->cost_ns(8, each), 8 * alone);
  EXPECT_EQ(signature_cost_ns(JwsAlgorithm::kRS256, 2048), alone);
}

TEST_F(LaneRsaSignerTest, WorkersSignAtOnce) {
  std::vector<std::thread> threads;
  for (size_t t = 0; t < 3; ++t) {
    threads.emplace_back([all = messages(20, t), signer = signer_of(JwsAlgorithm::kPS256, 2048)] {
      for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(wrong(key(JwsAlgorithm::kPS256, 2048), all, sign(*signer, all, 256)), 0u);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(lanes::lane_state(), LaneState::kRunning);
}

}  // namespace
}  // namespace signet
