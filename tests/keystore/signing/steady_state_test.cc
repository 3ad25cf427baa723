// In steady state a worker that signs calls no function of the malloc family: counted by standing before malloc.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <thread>
#include <vector>

#include "keystore/signing/lanes/lane_dispatch.h"
#include "keystore/signing/openssl_memory.h"
#include "keystore/signing/signer.h"

extern "C" {
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* block, size_t size);
void* __libc_memalign(size_t alignment, size_t size);
void __libc_free(void* block);
}

namespace {
constinit thread_local uint64_t calls = 0;
}

// The definitions of the program stand before those of libc.
extern "C" {
void* malloc(size_t size) noexcept {
  ++calls;
  return __libc_malloc(size);
}
void* calloc(size_t count, size_t size) noexcept {
  ++calls;
  return __libc_calloc(count, size);
}
void* realloc(void* block, size_t size) noexcept {
  ++calls;
  return __libc_realloc(block, size);
}
void* aligned_alloc(size_t alignment, size_t size) noexcept {
  ++calls;
  return __libc_memalign(alignment, size);
}
void free(void* block) noexcept {
  ++calls;
  __libc_free(block);
}
}

namespace signet {
namespace {

class SteadyStateTest : public testing::TestWithParam<JwsAlgorithm> {
 protected:
  // `at_once` messages in each call.
  void expect_no_malloc(size_t at_once, int rounds);
};

TEST(SteadyStateCounterTest, CounterCounts) {
  const uint64_t before = calls;
  void* volatile block = std::malloc(10);  // volatile: or the compiler leaves the pair out
  std::free(block);
  const uint64_t after = calls;
  EXPECT_EQ(after, before + 2);
}

void SteadyStateTest::expect_no_malloc(size_t at_once, int rounds) {
  const auto key = generate_private_key(GetParam(), 2048);
  ASSERT_TRUE(key);
  const auto signer = make_signer(*key);
  ASSERT_NE(signer, nullptr);
  std::vector<std::vector<uint8_t>> signatures(at_once, std::vector<uint8_t>((*key)->signature_size()));
  uint64_t counted = 1;
  size_t failures = 1;
  OpensslMemoryUse before;
  OpensslMemoryUse after;
  std::thread worker([&] {
    const std::vector<ByteSpan> inputs(at_once, as_bytes("header.claims"));
    const std::vector<MutableByteSpan> outputs(signatures.begin(), signatures.end());
    for (int i = 0; i < 100; ++i) signer->sign(inputs, outputs);
    failures = 0;
    before = openssl_memory_use();
    const uint64_t calls_before = calls;
    for (int i = 0; i < rounds; ++i) failures += signer->sign(inputs, outputs) == at_once ? 0 : 1;
    counted = calls - calls_before;
    after = openssl_memory_use();
  });
  worker.join();
  EXPECT_EQ(failures, 0U);
  EXPECT_EQ(counted, 0U);
  EXPECT_EQ(after.mapped, before.mapped);
  EXPECT_EQ(after.unlocked, 0U);
}

TEST_P(SteadyStateTest, SigningCallsNoMallocAndMapsNothing) {
  ASSERT_TRUE(signing_start()) << signing_start_failure();
  lanes::start_lanes({.wanted = false, .on_fault = {}});
  expect_no_malloc(1, is_rsa(GetParam()) ? 500 : 10000);
}

// A lane of each call's full groups is compared with what the libraries say.
TEST_P(SteadyStateTest, NorDoLanesThatAreLookedAt) {
  ASSERT_TRUE(signing_start()) << signing_start_failure();
  lanes::start_lanes({.spot_check = 1, .on_fault = {}});
  expect_no_malloc(20, is_rsa(GetParam()) ? 50 : 1000);
  EXPECT_NE(lanes::lane_state(), lanes::LaneState::kFaulty);
}

INSTANTIATE_TEST_SUITE_P(EveryAlgorithm, SteadyStateTest, testing::ValuesIn(kAllJwsAlgorithms));

}  // namespace
}  // namespace signet
