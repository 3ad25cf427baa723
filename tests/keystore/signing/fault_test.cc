// What happens when the library fails in the middle: nothing of the failed signature leaves, the ones before it stay.
#define OPENSSL_SUPPRESS_DEPRECATED  // RAND_METHOD is how randomness can be made to fail from outside
#include <gtest/gtest.h>
#include <openssl/rand.h>

#include <algorithm>

#include "keystore/signing/lanes/lane_dispatch.h"
#include "keystore/signing/pkcs8.h"
#include "keystore/signing/rsa_operation.h"
#include "keystore/signing/signer.h"

namespace signet {
namespace {

int fail_bytes(unsigned char*, int) { return 0; }
int say_good() { return 1; }
const RAND_METHOD kFailing = {nullptr, fail_bytes, nullptr, nullptr, fail_bytes, say_good};

// While it lives, OpenSSL gets no random octets.
class NoRandomness {
 public:
  NoRandomness() : before_(RAND_get_rand_method()) { RAND_set_rand_method(&kFailing); }
  NoRandomness(const NoRandomness&) = delete;
  NoRandomness& operator=(const NoRandomness&) = delete;
  ~NoRandomness() { RAND_set_rand_method(before_); }

 private:
  const RAND_METHOD* const before_;
};

size_t sign_into(Signer& signer, std::vector<std::vector<uint8_t>>& buffers) {
  std::vector<ByteSpan> inputs(buffers.size(), as_bytes("message"));
  std::vector<MutableByteSpan> outputs(buffers.begin(), buffers.end());
  return signer.sign(inputs, outputs);
}

bool all_zero(const std::vector<uint8_t>& bytes) {
  return std::ranges::all_of(bytes, [](uint8_t octet) { return octet == 0; });
}

TEST(OpensslRandomTest, TheLibrarysOwnGeneratorsAreNotAsked) {
  EXPECT_NE(RAND_get_rand_method(), RAND_OpenSSL());
  std::vector<uint8_t> octets(64, 0);
  ASSERT_EQ(RAND_priv_bytes(octets.data(), 64), 1);
  EXPECT_FALSE(all_zero(octets));
  EXPECT_EQ(RAND_status(), 1);
}

// Without lanes: those ask the kernel itself, without which the process ends.
class FaultTest : public testing::TestWithParam<JwsAlgorithm> {
 protected:
  void SetUp() override { lanes::start_lanes({.wanted = false, .on_fault = {}}); }
  void TearDown() override { lanes::start_lanes({}); }
};

TEST_P(FaultTest, NothingLeavesWithoutRandomness) {
  const auto key = generate_private_key(GetParam(), 2048);
  ASSERT_TRUE(key);
  const auto signer = make_signer(*key);
  std::vector<std::vector<uint8_t>> buffers(3, std::vector<uint8_t>((*key)->signature_size(), 0xee));
  {
    const NoRandomness faulty;
    EXPECT_EQ(sign_into(*signer, buffers), 0U);
  }
  EXPECT_TRUE(all_zero(buffers[0]));
  // Not reached, not touched.
  EXPECT_TRUE(std::ranges::all_of(buffers[1], [](uint8_t octet) { return octet == 0xee; }));
  EXPECT_EQ(sign_into(*signer, buffers), 3U) << "the signer recovers";
}

INSTANTIATE_TEST_SUITE_P(Randomised, FaultTest, testing::Values(JwsAlgorithm::kES256, JwsAlgorithm::kPS256));

TEST(NoSignatureLeavesTest, NoKeyIsMadeWithoutRandomness) {
  const NoRandomness faulty;
  EXPECT_FALSE(generate_private_key(JwsAlgorithm::kES256, 0));
  EXPECT_FALSE(generate_private_key(JwsAlgorithm::kPS256, 2048));
}

// A signature that does not verify must not leave: here the signer is given another key to verify with, which is what a
// fault in the private operation looks like from outside.
TEST(NoSignatureLeavesTest, RsaSignatureThatDoesNotVerifyStaysInside) {
  for (const JwsAlgorithm algorithm : {JwsAlgorithm::kPS256, JwsAlgorithm::kRS256}) {
    const auto first = generate_private_key(algorithm, 2048);
    const auto second = generate_private_key(algorithm, 2048);
    ASSERT_TRUE(first && second);
    auto private_half = read_pkcs8((*first)->serialise().expose());
    auto other_half = read_pkcs8((*second)->serialise().expose());
    ASSERT_TRUE(private_half && other_half);
    const auto signer = make_rsa_signer(*first, algorithm, std::move(*private_half), std::move(*other_half));
    ASSERT_NE(signer, nullptr);
    std::vector<std::vector<uint8_t>> buffers(1, std::vector<uint8_t>(256, 0xee));
    EXPECT_EQ(sign_into(*signer, buffers), 0U);
    EXPECT_TRUE(all_zero(buffers[0]));
  }
}

}  // namespace
}  // namespace signet
