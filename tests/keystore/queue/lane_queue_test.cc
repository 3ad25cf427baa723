// Rounds of the queue with keys whose signatures are made in lanes: several keys and algorithms in one round, messages
// of every length, keys that are withdrawn while jobs wait for them. Where the processor has no lanes, the portable
// signers must do the same.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>
#include <random>
#include <set>

#include "keystore/keys/prepared_key.h"
#include "keystore/queue/signing_queue.h"
#include "keystore/signing/lanes/lane_dispatch.h"
#include "protocol/base/base64url.h"

namespace signet {
namespace {

using lanes::LaneState;

constexpr std::array kAlgorithms{JwsAlgorithm::kEdDSA, JwsAlgorithm::kEd25519, JwsAlgorithm::kES256,
                                 JwsAlgorithm::kRS256, JwsAlgorithm::kPS256};
constexpr std::array<size_t, 9> kLengths{300, 0, 1, 2048, 2049, 65'536, 55, 119, 300};

struct Key {
  std::shared_ptr<const PrivateKey> key;
  std::unique_ptr<Verifier> verifier;
  std::string kid, jwk;
};

// Two of each algorithm, made once.
const std::vector<Key>& all_keys() {
  static const auto made = [] {
    std::vector<Key> keys;
    for (const JwsAlgorithm algorithm : kAlgorithms) {
      for (int i = 0; i < 2; ++i) {
        Key own;
        own.key = generate_private_key(algorithm, 2048).value();
        auto jwk = own.key->public_jwk().value();
        jwk.kid = own.kid = jwk_thumbprint(jwk);
        own.jwk = write_jwk(jwk);
        own.verifier = make_verifier(jwk);
        keys.push_back(std::move(own));
      }
    }
    return keys;
  }();
  return made;
}

class Sink final : public SigningSink {
 public:
  bool still_valid(const SigningJob&) override { return true; }
  void signed_job(SigningJob& job) override {
    const std::string_view text = job.text().substr(job.signature_at);
    std::vector<uint8_t> signature(text.size());
    const auto decoded = base64url_decode(text, signature);
    ASSERT_TRUE(decoded.has_value());
    signature.resize(*decoded);
    signatures[job.owner.slot] = signature;
  }
  void checked_job(SigningJob&, bool) override { ADD_FAILURE(); }
  void failed_job(SigningJob& job, Failure why) override { failed[job.owner.slot] = why; }

  std::map<uint32_t, std::vector<uint8_t>> signatures;
  std::map<uint32_t, Failure> failed;
};

class LaneQueueTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    ASSERT_TRUE(signing_start());
    all_keys();
  }
  void SetUp() override { lanes::start_lanes({}); }
  void TearDown() override { lanes::start_lanes({.wanted = false, .on_fault = {}}); }

  // All keys, those of `withdrawn` in this status.
  KeySet set(const std::set<size_t>& withdrawn = {}, KeyStatus status = KeyStatus::kActive) {
    auto tenant = std::make_shared<TenantKeys>();
    for (size_t i = 0; i < all_keys().size(); ++i) {
      const Key& own = all_keys()[i];
      KeySource source;
      source.algorithm = own.key->algorithm();
      source.status = withdrawn.contains(i) ? status : KeyStatus::kActive;
      source.revision = i + 1;
      source.kid = own.kid;
      source.bits = own.key->bits();
      source.public_jwk = own.jwk;
      if (keeps_private_half(source.status, source.algorithm)) source.private_key = own.key;
      auto prepared = prepare_key(std::move(source), 1);
      EXPECT_TRUE(prepared.has_value()) << (prepared ? "" : prepared.error());
      tenant->keys.push_back(std::move(prepared->key));
    }
    tenant->index();
    KeySet keys;
    keys.tenants.push_back(tenant);
    keys.index();
    return keys;
  }
  void push(size_t key, size_t length) {
    std::string message(length, ' ');
    std::ranges::generate(message, [&] { return static_cast<char>(random_()); });
    const Key& own = all_keys()[key];
    const size_t encoded = base64url_encoded_size(own.key->signature_size());
    SigningJob* job = queue_.take();
    ASSERT_NE(job, nullptr);
    job->ensure(length + encoded);
    std::memcpy(job->buffer.get(), message.data(), length);
    job->owner.slot = static_cast<uint32_t>(messages_.size());
    job->algorithm = own.key->algorithm();
    job->key_revision = key + 1;
    job->cost_ns = signature_cost_ns(job->algorithm, own.key->bits());
    job->input_begin = 0;
    job->input_size = job->signature_at = length;
    job->size = length + encoded;
    queue_.push(job);
    messages_.push_back(std::move(message));
    key_of_.push_back(key);
  }
  // Jobs of all keys, one after the other and a few at a time.
  void push_all(size_t rounds) {
    for (size_t round = 0; round < rounds; ++round) {
      for (size_t key = 0; key < all_keys().size(); ++key) {
        for (size_t i = random_() % 12; i > 0; --i) push(key, kLengths[random_() % kLengths.size()]);
      }
    }
  }
  void run(const KeySet& keys) {
    while (queue_.run(keys, sink_)) {
    }
  }
  // Each job has the signature of its key, and no other key's; those of `withdrawn` have none.
  void expect_signed(const std::set<size_t>& withdrawn = {}) {
    for (uint32_t slot = 0; slot < messages_.size(); ++slot) {
      const size_t key = key_of_[slot];
      if (withdrawn.contains(key)) {
        EXPECT_FALSE(sink_.signatures.contains(slot));
        EXPECT_EQ(sink_.failed.at(slot), SigningSink::Failure::kKeyWithdrawn);
        continue;
      }
      ASSERT_TRUE(sink_.signatures.contains(slot)) << slot;
      const ByteSpan message = as_bytes(messages_[slot]);
      EXPECT_TRUE(all_keys()[key].verifier->verify(message, sink_.signatures[slot])) << slot;
      EXPECT_FALSE(all_keys()[key ^ 1].verifier->verify(message, sink_.signatures[slot])) << "the control";
    }
  }

  SigningQueue queue_{0, 2000};
  Sink sink_;
  std::vector<std::string> messages_;  // by slot, as the next
  std::vector<size_t> key_of_;
  std::mt19937_64 random_{51};
};

TEST_F(LaneQueueTest, SeveralKeysAndAlgorithmsInOneRound) {
  const KeySet keys = set();
  const size_t width = lanes::lane_state() == LaneState::kRunning ? lanes::kLanes : 1;
  for (const auto& key : keys.tenants[0]->keys) EXPECT_EQ(key->signers[0]->group_width(), width);
  push_all(4);
  run(keys);
  expect_signed();
  EXPECT_TRUE(sink_.failed.empty());
  EXPECT_NE(lanes::lane_state(), LaneState::kFaulty);
}

TEST_F(LaneQueueTest, AKeyThatIsWithdrawnWhileItsJobsWaitSignsNoneAndTheOthersAll) {
  const std::set<size_t> withdrawn{0, 3, 4, 7, 8};  // one of each algorithm
  for (const KeyStatus status : {KeyStatus::kPending, KeyStatus::kRetiring, KeyStatus::kRetired}) {
    messages_.clear();
    key_of_.clear();
    sink_ = {};
    push_all(2);
    run(set(withdrawn, status));
    expect_signed(withdrawn);
  }
}

TEST_F(LaneQueueTest, AKeyThatIsWithdrawnBetweenTwoRunsSignsNoMore) {
  const std::set<size_t> withdrawn{6};  // RS256, of which a run signs a group or two
  for (int i = 0; i < 40; ++i) push(6, 300);
  EXPECT_TRUE(queue_.run(set(), sink_));
  const size_t before = sink_.signatures.size();
  EXPECT_GT(before, 0u);
  EXPECT_LT(before, 40u);
  run(set(withdrawn, KeyStatus::kRetired));
  EXPECT_EQ(sink_.signatures.size(), before);
  EXPECT_EQ(sink_.failed.size(), 40 - before);
}

TEST_F(LaneQueueTest, WithoutTheInstructionsARoundIsSignedAsWell) {
  ::setenv("SIGNET_WITHOUT_AVX512", "1", 1);
  const LaneState state = lanes::start_lanes({});
  ::unsetenv("SIGNET_WITHOUT_AVX512");
  EXPECT_EQ(state, LaneState::kUnsupported);
  EXPECT_EQ(lanes::p256_lanes(), nullptr);
  EXPECT_EQ(lanes::rsa_lanes(), nullptr);
  const KeySet keys = set();
  for (const auto& key : keys.tenants[0]->keys) EXPECT_EQ(key->signers[0]->group_width(), 1u);
  push_all(2);
  run(keys);
  expect_signed();
}

// A group whose signatures were made by lanes that are given up before the next.
TEST_F(LaneQueueTest, LanesThatAreGivenUpBetweenTwoRunsLeaveTheRestToTheLibraries) {
  const KeySet keys = set();
  push_all(2);
  queue_.run(keys, sink_);
  lanes::lanes_faulty();
  push_all(2);
  run(keys);
  expect_signed();
  EXPECT_TRUE(sink_.failed.empty());
}

}  // namespace
}  // namespace signet
