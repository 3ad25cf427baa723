// ES256 in lanes beside OpenSSL, in one process: signatures of 300 octets in groups of 1, 8, 16 and 64, hashing and
// drawing of random octets included. A group of 1 is eight copies of one message.
#include <benchmark/benchmark.h>
#include <openssl/evp.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <vector>

#include "keystore/signing/lanes/lane_support.h"
#include "keystore/signing/lanes/p256/p256_lane_key.h"
#include "protocol/base/digest.h"
#include "protocol/base/random.h"

namespace signet::lanes::p256 {
namespace {

constexpr size_t kSize = 300;  // an access token's signing input

std::vector<uint8_t> message(size_t i) { return std::vector<uint8_t>(kSize, static_cast<uint8_t>(i)); }

void lanes(benchmark::State& state) {
  if (!avx512_lanes_supported()) return state.SkipWithError("this processor has no AVX-512 IFMA");
  const auto group = static_cast<size_t>(state.range(0));
  LaneKey key;
  std::array<uint8_t, kScalarSize> scalar;
  scalar.fill(7);
  make_lane_key(scalar, key);
  std::vector<std::vector<uint8_t>> messages;
  for (size_t i = 0; i < group; ++i) messages.push_back(message(i));
  std::vector<std::array<uint8_t, kInputSize>> inputs(group);
  std::vector<std::array<uint8_t, 64>> signatures(64);
  std::vector<LaneJob> jobs;
  for (size_t i = 0; i < (group + kLanes - 1) / kLanes * kLanes; ++i) {
    jobs.push_back({&key, inputs[i % group].data(), signatures[i].data()});
  }
  const BaseTable& table = *base_table();
  for (auto _ : state) {
    for (size_t i = 0; i < group; ++i) {
      fill_secret_random(MutableByteSpan(inputs[i]).first(32));
      const Sha256Digest digest = sha256(messages[i]);
      std::ranges::copy(digest, inputs[i].begin() + 32);
    }
    if (!sign_avx512(table, jobs.data(), jobs.size() / kLanes).right) return state.SkipWithError("wrong");
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(group));
}

// What is not the lanes: hashing and drawing.
void inputs_alone(benchmark::State& state) {
  const auto octets = message(1);
  std::array<uint8_t, kInputSize> input;
  for (auto _ : state) {
    fill_secret_random(MutableByteSpan(input).first(32));
    const Sha256Digest digest = sha256(octets);
    std::ranges::copy(digest, input.begin() + 32);
    benchmark::DoNotOptimize(input);
  }
}

void openssl(benchmark::State& state) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"),
                                                                &EVP_PKEY_free);
  const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(EVP_PKEY_CTX_new(key.get(), nullptr),
                                                                            &EVP_PKEY_CTX_free);
  if (EVP_PKEY_sign_init(context.get()) != 1) return state.SkipWithError("OpenSSL refuses");
  const auto octets = message(1);
  std::array<uint8_t, 72> der;
  for (auto _ : state) {
    const Sha256Digest digest = sha256(octets);
    size_t size = der.size();
    if (EVP_PKEY_sign(context.get(), der.data(), &size, digest.data(), digest.size()) != 1) std::abort();
  }
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK(lanes)->Arg(1)->Arg(8)->Arg(16)->Arg(64)->ArgName("group");
BENCHMARK(inputs_alone);
BENCHMARK(openssl);

}  // namespace
}  // namespace signet::lanes::p256

int main(int argc, char** argv) {
  if (sodium_init() < 0 || signet::lanes::p256::base_table() == nullptr) return 1;
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
