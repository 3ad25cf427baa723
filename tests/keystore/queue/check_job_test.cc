// Checks in the signing queue: which key judges them, what happens to it while they wait, and that they share the
// budget with signatures.
#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <optional>
#include <string>

#include "keystore/keys/check_signatures.h"
#include "keystore/keys/key_set_builder.h"
#include "keystore/queue/signing_queue.h"
#include "keystore/signing/lanes/lane_dispatch.h"
#include "protocol/base/base64url.h"

namespace signet {
namespace {

class Sink final : public SigningSink {
 public:
  bool still_valid(const SigningJob& job) override { return job.owner.slot != refused_slot; }
  void signed_job(SigningJob& job) override { signed_slots.push_back(job.owner.slot); }
  void checked_job(SigningJob& job, bool held) override {
    verdicts[job.owner.slot] = held;
    revision = job.key_revision;
  }
  void failed_job(SigningJob& job, Failure why) override { failed[job.owner.slot] = why; }

  uint32_t refused_slot = UINT32_MAX;
  uint64_t revision = 0;
  std::vector<uint32_t> signed_slots;
  std::map<uint32_t, bool> verdicts;
  std::map<uint32_t, Failure> failed;
};

class CheckJobTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_TRUE(signing_start()); }

  // Puts the key of `algorithm` in this status, under a new revision.
  void put(JwsAlgorithm algorithm, KeyStatus status) {
    auto& key = private_keys_[algorithm];
    if (!key) key = generate_private_key(algorithm, 2048).value();
    KeySource source;
    source.algorithm = algorithm;
    source.status = status;
    source.revision = ++revision_;
    source.kid = "hmac";
    source.bits = key->bits();
    if (auto jwk = key->public_jwk()) {
      jwk->kid = jwk_thumbprint(*jwk);
      source.kid = jwk->kid;
      source.public_jwk = write_jwk(*jwk);
    } else {
      source.audience = "urn:a";
    }
    if (keeps_private_half(status, algorithm)) source.private_key = key;
    auto prepared = prepare_key(std::move(source), 1);
    ASSERT_TRUE(prepared.has_value()) << prepared.error();
    ASSERT_TRUE(builder_->put_key(0, *std::move(prepared)));
    keys_ = builder_->build();
  }
  const SigningKey& key() const { return *keys_->tenant(0)->keys.front(); }

  std::string signed_input(std::string_view payload, std::string& signature) {
    std::string input = key().encoded_header + "." + std::string(payload);
    signature.assign(key().signature_size, '\0');
    const ByteSpan message = as_bytes(input);
    const MutableByteSpan out{reinterpret_cast<uint8_t*>(signature.data()), signature.size()};
    EXPECT_EQ(key().signers.front()->sign({&message, 1}, {&out, 1}), 1u);
    return input;
  }
  void check(uint32_t slot, const std::string& input, const std::string& signature, uint32_t cost_ns = 10) {
    SigningJob* job = queue_.take();
    ASSERT_NE(job, nullptr);
    job->task = SigningTask::kCheck;
    job->owner.slot = slot;
    job->algorithm = key().algorithm;
    job->key_revision = key().revision;
    job->cost_ns = cost_ns;
    std::memcpy(job->buffer.get(), input.data(), input.size());
    std::memcpy(job->buffer.get() + input.size(), signature.data(), signature.size());
    job->input_begin = 0;
    job->input_size = input.size();
    job->signature_at = input.size();
    job->signature_size = signature.size();
    queue_.push(job);
  }
  bool run() { return queue_.run(*keys_, sink_); }

  std::map<JwsAlgorithm, std::shared_ptr<const PrivateKey>> private_keys_;
  uint64_t revision_ = 0;
  std::optional<KeySetBuilder> builder_{std::in_place, "http://127.0.0.1:1"};
  std::unique_ptr<const KeySet> keys_;
  SigningQueue queue_{0, 1000};
  Sink sink_;
};

TEST_F(CheckJobTest, EachAlgorithmTellsGoodFromForged) {
  for (const JwsAlgorithm algorithm :
       {JwsAlgorithm::kEdDSA, JwsAlgorithm::kES256, JwsAlgorithm::kRS256, JwsAlgorithm::kPS256, JwsAlgorithm::kHS256}) {
    builder_.emplace("http://127.0.0.1:1");
    put(algorithm, KeyStatus::kActive);
    std::string signature;
    const std::string input = signed_input("payload", signature);
    check(1, input, signature);
    check(2, input + "x", signature);
    signature[3] = static_cast<char>(signature[3] ^ 1);
    check(3, input, signature);
    EXPECT_FALSE(run());
    EXPECT_EQ(sink_.verdicts, (std::map<uint32_t, bool>{{1, true}, {2, false}, {3, false}}))
        << jws_algorithm_name(algorithm);
    EXPECT_TRUE(sink_.failed.empty());
  }
}

TEST_F(CheckJobTest, AKeyLoadedBeforeAFaultCostsWhatItsPortableSignerTakes) {
  for (const JwsAlgorithm algorithm : {JwsAlgorithm::kEdDSA, JwsAlgorithm::kES256, JwsAlgorithm::kRS256}) {
    if (lanes::start_lanes({}) != lanes::LaneState::kRunning) GTEST_SKIP() << "no lanes here";
    builder_.emplace("http://127.0.0.1:1");
    put(algorithm, KeyStatus::kActive);
    const uint32_t in_lanes = signing_cost_ns(key()), checking = each_checking_cost_ns(key(), 0);
    EXPECT_EQ(in_lanes, key().cost_ns);
    lanes::lanes_faulty();
    const uint32_t portable = signature_cost_ns(algorithm, key().bits);
    EXPECT_GT(portable, in_lanes) << jws_algorithm_name(algorithm);
    EXPECT_EQ(signing_cost_ns(key()), portable);
    const bool checks_by_signing = algorithm == JwsAlgorithm::kEdDSA;
    EXPECT_EQ(each_checking_cost_ns(key(), 0), checks_by_signing ? portable : checking);
    EXPECT_EQ(queue_.has_room(key()), queue_.has_room(algorithm, portable));
  }
  lanes::start_lanes({.wanted = false, .on_fault = {}});  // as other tests have it
}

TEST_F(CheckJobTest, AKeyThatRetiredMeanwhileChecksWithItsPublicHalf) {
  put(JwsAlgorithm::kEdDSA, KeyStatus::kActive);
  std::string signature;
  const std::string input = signed_input("payload", signature);
  check(1, input, signature);
  check(2, input + "x", signature);
  put(JwsAlgorithm::kEdDSA, KeyStatus::kRetiring);
  EXPECT_FALSE(run());
  EXPECT_EQ(sink_.verdicts, (std::map<uint32_t, bool>{{1, true}, {2, false}}));
  EXPECT_EQ(sink_.revision, revision_) << "the revision that judged";
}

TEST_F(CheckJobTest, AKeyThatWasWithdrawnMeanwhileHoldsNothing) {
  for (const KeyStatus status : {KeyStatus::kRetired, KeyStatus::kDestroyed, KeyStatus::kPending}) {
    put(JwsAlgorithm::kEdDSA, KeyStatus::kActive);
    std::string signature;
    const std::string input = signed_input("payload", signature);
    check(1, input, signature);
    put(JwsAlgorithm::kEdDSA, status);
    EXPECT_FALSE(run());
    EXPECT_EQ(sink_.verdicts, (std::map<uint32_t, bool>{{1, false}}));
  }
}

TEST_F(CheckJobTest, ARetiringHmacKeyChecksWithItsSecretAndARetiredOneHoldsNothing) {
  for (const auto& [status, holds] : {std::pair(KeyStatus::kRetiring, true), {KeyStatus::kRetired, false}}) {
    put(JwsAlgorithm::kHS256, KeyStatus::kActive);
    std::string signature;
    const std::string input = signed_input("payload", signature);
    std::string forged = signature;
    forged[0] ^= 1;
    check(1, input, signature);
    check(2, input, forged);
    put(JwsAlgorithm::kHS256, status);
    EXPECT_FALSE(run());
    EXPECT_EQ(sink_.verdicts, (std::map<uint32_t, bool>{{1, holds}, {2, false}}));
  }
}

TEST_F(CheckJobTest, AHeaderOfNoKeyHoldsNothing) {
  put(JwsAlgorithm::kEdDSA, KeyStatus::kActive);
  std::string signature;
  signed_input("payload", signature);
  check(1, "eyJhbGciOiJub25lIn0.payload", signature);
  check(2, "", signature);
  EXPECT_FALSE(run());
  EXPECT_EQ(sink_.verdicts, (std::map<uint32_t, bool>{{1, false}, {2, false}}));
}

TEST_F(CheckJobTest, SharesTheBudgetAndIsAskedAgainWhenCarriedOver) {
  put(JwsAlgorithm::kEdDSA, KeyStatus::kActive);
  std::string signature;
  const std::string input = signed_input("payload", signature);
  for (uint32_t slot = 0; slot < 200; ++slot) check(slot, input, signature, key().check_cost_ns);
  EXPECT_TRUE(run()) << "200 checks are more than a budget";
  EXPECT_LT(sink_.verdicts.size(), 200u);
  sink_.refused_slot = 199;
  while (run()) {
  }
  EXPECT_EQ(sink_.verdicts.size(), 199u);
  EXPECT_EQ(sink_.failed.at(199), SigningSink::Failure::kClientChanged);
}

TEST_F(CheckJobTest, NeverSharesAGroupWithASignature) {
  put(JwsAlgorithm::kEdDSA, KeyStatus::kActive);
  std::string signature;
  const std::string input = signed_input("payload", signature);
  check(1, input, signature);
  SigningJob* job = queue_.take();
  EXPECT_EQ(job->task, SigningTask::kSign) << "a recycled job signs";
  job->owner.slot = 2;
  job->algorithm = JwsAlgorithm::kEdDSA;
  job->key_revision = key().revision;
  job->cost_ns = 10;
  std::memcpy(job->buffer.get(), input.data(), input.size());
  job->input_begin = 0;
  job->input_size = input.size();
  job->signature_at = input.size();
  queue_.push(job);
  check(3, input, signature);
  EXPECT_FALSE(run());
  EXPECT_EQ(sink_.verdicts, (std::map<uint32_t, bool>{{1, true}, {3, true}}));
  EXPECT_EQ(sink_.signed_slots, std::vector<uint32_t>{2});
}

}  // namespace
}  // namespace signet
