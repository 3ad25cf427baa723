#include "keystore/signing/signer.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <thread>

#include "keystore/signing/rsa_operation.h"
#include "protocol/jose/jws_verify.h"
#include "tests/keystore/signing/independent_check.h"

namespace signet {
namespace {

using Signature = std::vector<uint8_t>;

// RSA keys take long to make: one of each algorithm for all tests.
std::shared_ptr<const PrivateKey> key_of(JwsAlgorithm algorithm) {
  static std::map<JwsAlgorithm, std::shared_ptr<const PrivateKey>> keys;
  auto& key = keys[algorithm];
  if (!key) key = generate_private_key(algorithm, 2048).value_or(nullptr);
  return key;
}

bool verifies(const PrivateKey& key, ByteSpan message, ByteSpan signature) {
  if (const auto jwk = key.public_jwk()) {
    const bool good = independent_check(*jwk, message, signature);
    // Signet's own verifier must say the same of every signature, good or bad.
    EXPECT_EQ(verify_jws_signature(*jwk, message, signature).has_value(), good);
    return good;
  }
  return independent_hmac_check(key.algorithm(), key.serialise().expose(), message, signature);
}

// Signs all `messages` in one call; empty when fewer were signed.
std::vector<Signature> sign_all(Signer& signer, size_t size, const std::vector<std::string>& messages) {
  std::vector<Signature> signatures(messages.size(), Signature(size));
  std::vector<ByteSpan> inputs;
  std::vector<MutableByteSpan> outputs;
  for (size_t i = 0; i < messages.size(); ++i) {
    inputs.push_back(as_bytes(messages[i]));
    outputs.emplace_back(signatures[i]);
  }
  if (signer.sign(inputs, outputs) != messages.size()) signatures.clear();
  return signatures;
}

class SignerTest : public testing::TestWithParam<JwsAlgorithm> {
 protected:
  void SetUp() override {
    key_ = key_of(GetParam());
    ASSERT_NE(key_, nullptr);
    signer_ = make_signer(key_);
    ASSERT_NE(signer_, nullptr);
  }
  Signature sign(const std::string& message) {
    auto all = sign_all(*signer_, key_->signature_size(), {message});
    return all.empty() ? Signature{} : all.front();
  }
  std::shared_ptr<const PrivateKey> key_;
  std::unique_ptr<Signer> signer_;
};

TEST_P(SignerTest, SignsGroupsThatVerify) {
  for (const size_t group : {1U, 8U, 64U}) {
    std::vector<std::string> messages;
    for (size_t i = 0; i < group; ++i) messages.push_back("message " + std::to_string(i) + std::string(i * 7, 'x'));
    const auto signatures = sign_all(*signer_, key_->signature_size(), messages);
    ASSERT_EQ(signatures.size(), group);
    for (size_t i = 0; i < group; ++i) {
      EXPECT_TRUE(verifies(*key_, as_bytes(messages[i]), signatures[i])) << group << ' ' << i;
      EXPECT_FALSE(verifies(*key_, as_bytes("another"), signatures[i]));
    }
  }
}

TEST_P(SignerTest, SignsMessagesOfAnyLength) {
  // Around the block edges of SHA-256 and SHA-512, and far beyond a token.
  for (const size_t size : {0U, 1U, 55U, 56U, 63U, 64U, 65U, 111U, 112U, 127U, 128U, 129U, 4096U, 65536U}) {
    const std::string message(size, 'm');
    EXPECT_TRUE(verifies(*key_, as_bytes(message), sign(message))) << size;
  }
}

TEST_P(SignerTest, EmptyGroupSignsNothing) { EXPECT_EQ(signer_->sign({}, {}), 0U); }

TEST_P(SignerTest, OneChangedBitOfTheSignatureFails) {
  const std::string message = "header.claims";
  const Signature signature = sign(message);
  ASSERT_TRUE(verifies(*key_, as_bytes(message), signature));
  const size_t step = is_rsa(GetParam()) ? 37 : 3;
  for (size_t bit = 0; bit < signature.size() * 8; bit += step) {
    Signature changed = signature;
    changed[bit / 8] ^= static_cast<uint8_t>(1U << bit % 8);
    EXPECT_FALSE(verifies(*key_, as_bytes(message), changed)) << bit;
  }
}

TEST_P(SignerTest, OneChangedBitOfTheMessageFails) {
  const std::string message = "header.claims";
  const Signature signature = sign(message);
  for (size_t bit = 0; bit < message.size() * 8; ++bit) {
    std::string changed = message;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(verifies(*key_, as_bytes(changed), signature)) << bit;
  }
}

TEST_P(SignerTest, AnotherKeyOfTheAlgorithmDoesNotVerify) {
  const auto other = generate_private_key(GetParam(), 2048);
  ASSERT_TRUE(other);
  EXPECT_FALSE(verifies(**other, as_bytes("message"), sign("message")));
}

TEST_P(SignerTest, DeterministicAlgorithmsRepeatAndOthersDoNot) {
  const bool randomised = GetParam() == JwsAlgorithm::kES256 || GetParam() == JwsAlgorithm::kPS256;
  std::set<Signature> seen;
  for (int i = 0; i < 50; ++i) seen.insert(sign("same message"));
  EXPECT_EQ(seen.size(), randomised ? 50U : 1U);
}

TEST_P(SignerTest, SignerOutlivesTheCallersReference) {
  auto loaded = load_private_key(GetParam(), key_->serialise().expose());
  ASSERT_TRUE(loaded);
  const std::unique_ptr<Signer> signer = make_signer(std::move(*loaded));
  loaded = nullptr;
  const auto signatures = sign_all(*signer, key_->signature_size(), {"message"});
  ASSERT_EQ(signatures.size(), 1U);
  EXPECT_TRUE(verifies(*key_, as_bytes("message"), signatures[0]));
}

TEST_P(SignerTest, TwoThreadsWithOwnSignersOfOneKey) {
  const int rounds = is_rsa(GetParam()) ? 20 : 200;
  std::vector<std::thread> threads;
  std::array<bool, 2> good{};
  for (size_t t = 0; t < good.size(); ++t) {
    // Made here, as the publisher makes them; used over there.
    threads.emplace_back([this, t, rounds, &good, signer = make_signer(key_)] {
      good[t] = true;
      for (int i = 0; i < rounds; ++i) {
        const std::string message = std::to_string(t) + ":" + std::to_string(i);
        const auto signatures = sign_all(*signer, key_->signature_size(), {message});
        good[t] = good[t] && !signatures.empty() && verifies(*key_, as_bytes(message), signatures[0]);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(good[0] && good[1]);
}

TEST_P(SignerTest, CostIsKnown) {
  EXPECT_GT(signature_cost_ns(GetParam(), 3072), 0U);
  EXPECT_LT(signature_cost_ns(GetParam(), 3072), 10'000'000U);
}

TEST_P(SignerTest, AbortsOnAnOutputOfAnotherSize) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  Signature buffer(key_->signature_size() + 1);
  const ByteSpan inputs[] = {as_bytes("message")};
  const MutableByteSpan longer[] = {buffer};
  const MutableByteSpan shorter[] = {MutableByteSpan(buffer).first(buffer.size() - 2)};
  EXPECT_DEATH((void)signer_->sign(inputs, longer), "check failed");
  EXPECT_DEATH((void)signer_->sign(inputs, shorter), "check failed");
  EXPECT_DEATH((void)signer_->sign(inputs, {}), "check failed");
}

INSTANTIATE_TEST_SUITE_P(EveryAlgorithm, SignerTest, testing::ValuesIn(kAllJwsAlgorithms));

class ForeignKey final : public PrivateKey {
 public:
  JwsAlgorithm algorithm() const override { return JwsAlgorithm::kEdDSA; }
  size_t signature_size() const override { return 64; }
  int bits() const override { return 0; }
  std::optional<Jwk> public_jwk() const override { return std::nullopt; }
  SecretBytes serialise() const override { return {}; }
};

TEST(MakeSignerTest, RefusesAKeyThatWasNotMadeHere) {
  EXPECT_EQ(make_signer(std::make_shared<ForeignKey>()), nullptr);
  EXPECT_EQ(make_signer(nullptr), nullptr);
}

}  // namespace
}  // namespace signet
