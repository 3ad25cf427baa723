// Checking what was signed: by signing again, and with the public half. Every other signature is refused.
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <string>
#include <vector>

#include "keystore/signing/signer.h"
#include "keystore/signing/verifier.h"

namespace signet {
namespace {

using Signature = std::vector<uint8_t>;

std::shared_ptr<const PrivateKey> key_of(JwsAlgorithm algorithm) {
  static std::map<JwsAlgorithm, std::shared_ptr<const PrivateKey>> keys;
  auto& key = keys[algorithm];
  if (!key) key = generate_private_key(algorithm, 2048).value_or(nullptr);
  return key;
}

bool deterministic(JwsAlgorithm algorithm) {
  return algorithm == JwsAlgorithm::kEdDSA || algorithm == JwsAlgorithm::kEd25519 || is_symmetric(algorithm);
}

class CheckTest : public testing::TestWithParam<JwsAlgorithm> {
 protected:
  void SetUp() override {
    key_ = key_of(GetParam());
    ASSERT_NE(key_, nullptr);
    signer_ = make_signer(key_);
    ASSERT_NE(signer_, nullptr);
    if (const auto jwk = key_->public_jwk()) {
      verifier_ = make_verifier(*jwk);
      ASSERT_NE(verifier_, nullptr);
      EXPECT_EQ(public_signature_size(*jwk), key_->signature_size());
    }
  }
  Signature sign(std::string_view message) {
    Signature signature(key_->signature_size());
    const ByteSpan input = as_bytes(message);
    const MutableByteSpan output = signature;
    EXPECT_EQ(signer_->sign({&input, 1}, {&output, 1}), 1u);
    return signature;
  }
  // By whichever ways the algorithm has; they must agree.
  bool holds(std::string_view message, const Signature& signature) {
    const ByteSpan input = as_bytes(message);
    const ByteSpan given = signature;
    bool held = verifier_ != nullptr && verifier_->verify(input, given);
    if (signer_->can_check() && signature.size() == key_->signature_size()) {
      bool again = !held;
      EXPECT_EQ(signer_->check({&input, 1}, {&given, 1}, {&again, 1}), 1u);
      if (verifier_ != nullptr) {
        EXPECT_EQ(again, held);
      }
      held = again;
    }
    return held;
  }

  std::shared_ptr<const PrivateKey> key_;
  std::unique_ptr<Signer> signer_;
  std::unique_ptr<Verifier> verifier_;
};

TEST_P(CheckTest, OnlyDeterministicSignaturesAreCheckedBySigningAgain) {
  EXPECT_EQ(signer_->can_check(), deterministic(GetParam()));
  EXPECT_EQ(verifier_ != nullptr, !is_symmetric(GetParam()));
}

TEST_P(CheckTest, HoldsForWhatWasSignedAndNothingElse) {
  const Signature signature = sign("header.payload");
  EXPECT_TRUE(holds("header.payload", signature));
  EXPECT_FALSE(holds("header.payloae", signature));
  EXPECT_FALSE(holds("header.payloa", signature));
  EXPECT_FALSE(holds("", signature));
}

TEST_P(CheckTest, RefusesEachFlippedBit) {
  const Signature good = sign("m");
  for (size_t bit = 0; bit < good.size() * 8; ++bit) {
    Signature forged = good;
    forged[bit / 8] ^= static_cast<uint8_t>(1u << (bit % 8));
    EXPECT_FALSE(holds("m", forged)) << "bit " << bit;
  }
}

TEST_P(CheckTest, RefusesEveryOtherSize) {
  if (verifier_ == nullptr) return;
  const Signature good = sign("m");
  for (const size_t size : {size_t{0}, size_t{1}, good.size() - 1, good.size() + 1, 2 * good.size()}) {
    Signature other = good;
    other.resize(size);
    EXPECT_FALSE(verifier_->verify(as_bytes("m"), other)) << size;
  }
}

TEST_P(CheckTest, RefusesZeroAndAllOnes) {
  EXPECT_FALSE(holds("m", Signature(key_->signature_size(), 0)));  // CVE-2022-21449
  EXPECT_FALSE(holds("m", Signature(key_->signature_size(), 0xff)));
}

TEST_P(CheckTest, RefusesTheSignatureOfAnotherKey) {
  const auto other = generate_private_key(GetParam(), 2048).value();
  const auto signer = make_signer(other);
  Signature signature(other->signature_size());
  const ByteSpan input = as_bytes("m");
  const MutableByteSpan output = signature;
  ASSERT_EQ(signer->sign({&input, 1}, {&output, 1}), 1u);
  EXPECT_FALSE(holds("m", signature));
}

TEST_P(CheckTest, AGroupIsJudgedOneByOne) {
  if (!signer_->can_check()) return;
  constexpr size_t kCount = 150;  // more than are computed side by side
  std::vector<std::string> messages;
  std::vector<Signature> signatures;
  for (size_t i = 0; i < kCount; ++i) {
    messages.push_back("message " + std::to_string(i));
    signatures.push_back(sign(messages.back()));
    if (i % 3 == 0) signatures.back()[i % signatures.back().size()] ^= 1;
  }
  std::vector<ByteSpan> inputs;
  std::vector<ByteSpan> given;
  for (size_t i = 0; i < kCount; ++i) {
    inputs.push_back(as_bytes(messages[i]));
    given.emplace_back(signatures[i]);
  }
  std::array<bool, kCount> held{};
  ASSERT_EQ(signer_->check(inputs, given, held), kCount);
  for (size_t i = 0; i < kCount; ++i) EXPECT_EQ(held[i], i % 3 != 0) << i;
}

INSTANTIATE_TEST_SUITE_P(Algorithms, CheckTest, testing::ValuesIn(kAllJwsAlgorithms),
                         [](const auto& algorithm) { return std::string(jws_algorithm_name(algorithm.param)); });

// A signer whose library gives up in the middle: what it did not compute does not hold.
class FailingSigner final : public Signer {
 public:
  size_t group_width() const override { return 1; }
  bool can_check() const override { return true; }
  size_t sign(std::span<const ByteSpan> inputs, std::span<const MutableByteSpan> outputs) override {
    for (size_t i = 0; i + 1 < inputs.size(); ++i) std::ranges::fill(outputs[i], uint8_t{7});
    return inputs.size() - 1;
  }
};

TEST(SignerCheck, WhatTheLibraryDidNotComputeDoesNotHold) {
  FailingSigner signer;
  const Signature signature(32, 7);
  const std::array<ByteSpan, 3> inputs{as_bytes("a"), as_bytes("b"), as_bytes("c")};
  const std::array<ByteSpan, 3> given{signature, signature, signature};
  std::array<bool, 3> held{true, true, true};
  EXPECT_EQ(signer.check(inputs, given, held), 2u);
  EXPECT_EQ(held, (std::array{true, true, false}));
}

TEST(Verifier, RefusesAKeyOfAnotherKind) {
  auto jwk = key_of(JwsAlgorithm::kES256)->public_jwk().value();
  jwk.algorithm = JwsAlgorithm::kEdDSA;
  EXPECT_EQ(make_verifier(jwk), nullptr);
  jwk.algorithm = JwsAlgorithm::kRS256;
  EXPECT_EQ(make_verifier(jwk), nullptr);
  jwk.algorithm = JwsAlgorithm::kHS256;
  EXPECT_EQ(make_verifier(jwk), nullptr);
}

}  // namespace
}  // namespace signet
