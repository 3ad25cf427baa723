// For tests of what signs in lanes: a key, its signer, and an implementation that every processor has.
#pragma once

#include <gtest/gtest.h>
#include <sodium.h>

#include <array>
#include <random>
#include <vector>

#include "keystore/signing/lanes/lane_dispatch.h"
#include "keystore/signing/lanes/lane_support.h"
#include "keystore/signing/signer.h"
#include "tests/keystore/signing/lanes/primitives.h"

namespace signet {

using Signature = std::array<uint8_t, crypto_sign_BYTES>;

inline lanes::Ed25519Sign usual_lanes() {
#if defined(__x86_64__)
  if (lanes::avx512_lanes_supported()) return lanes::ed25519_sign_avx512;
#endif
  return lanes::ed25519_sign_emulated;
}

class LaneRig : public testing::Test {
 protected:
  void SetUp() override {
    std::array<uint8_t, 32> seed{}, public_key{};
    seed[0] = 42;
    crypto_sign_seed_keypair(public_key.data(), secret_.data(), seed.data());
    auto key = load_private_key(JwsAlgorithm::kEdDSA, seed);
    ASSERT_TRUE(key.has_value());
    key_ = *key;
  }
  void TearDown() override { lanes::start_lanes({}); }

  lanes::LaneState start(lanes::Ed25519Sign implementation, uint32_t spot_check = 1024) {
    faults_ = 0;
    const auto state =
        lanes::start_lanes({.spot_check = spot_check, .on_fault = [this] { ++faults_; }, .ed25519 = implementation});
    signer_ = make_signer(key_);
    return state;
  }

  std::vector<uint8_t> message(size_t size) {
    std::vector<uint8_t> octets(size);
    for (uint8_t& octet : octets) octet = static_cast<uint8_t>(random_());
    return octets;
  }
  std::vector<std::vector<uint8_t>> messages(size_t count, size_t size = 300) {
    std::vector<std::vector<uint8_t>> all;
    for (size_t i = 0; i < count; ++i) all.push_back(message(size));
    return all;
  }
  std::vector<Signature> sign(const std::vector<std::vector<uint8_t>>& messages) {
    std::vector<Signature> signatures(messages.size());
    const std::vector<ByteSpan> inputs(messages.begin(), messages.end());
    const std::vector<MutableByteSpan> outputs(signatures.begin(), signatures.end());
    EXPECT_EQ(signer_->sign(inputs, outputs), messages.size());
    return signatures;
  }
  Signature wanted(const std::vector<uint8_t>& message) const {
    Signature signature{};
    crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(), secret_.data());
    return signature;
  }
  // How many of the signatures are wrong.
  size_t wrong(const std::vector<std::vector<uint8_t>>& messages, const std::vector<Signature>& signatures) const {
    size_t count = 0;
    for (size_t i = 0; i < messages.size(); ++i) count += wanted(messages[i]) != signatures[i];
    return count;
  }

  std::array<uint8_t, 64> secret_{};
  std::shared_ptr<const PrivateKey> key_;
  std::unique_ptr<Signer> signer_;
  std::atomic<int> faults_ = 0;
  std::mt19937_64 random_{7};
};

}  // namespace signet
