// ES256 in lanes beside OpenSSL, in one process: signatures of 300 octets in groups of 1, 8, 16 and 64, hashing and
// drawing of random octets included, with caches as they are and after 64 MiB were touched, on one core and on two. A
// group of 1 is eight copies of one message. Then the layers of one group of eight.
#include <benchmark/benchmark.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <vector>

#include "bench/lane_figures.h"
#include "bench/lane_layers/p256_layers.h"
#include "keystore/signing/lanes/lane_support.h"
#include "keystore/signing/lanes/openssl_handles.h"
#include "keystore/signing/lanes/p256/p256_lane_key.h"
#include "keystore/signing/private_key.h"
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
  std::vector<std::vector<uint8_t>> messages(group);
  for (size_t i = 0; i < group; ++i) messages[i] = message(i);
  std::vector<std::array<uint8_t, kInputSize>> inputs(group);
  std::vector<std::array<uint8_t, 64>> signatures(64);
  std::vector<LaneJob> jobs;
  jobs.reserve(signatures.size());
  for (size_t i = 0; i < (group + kLanes - 1) / kLanes * kLanes; ++i) {
    jobs.push_back({&key, inputs[i % group].data(), signatures[i].data()});
  }
  const BaseTable& table = *base_table();
  bool right = true;
  measure(state, group, state.range(1) != 0, [&] {
    for (size_t i = 0; i < group; ++i) {
      fill_secret_random(MutableByteSpan(inputs[i]).first(32));
      const Sha256Digest digest = sha256(messages[i]);
      std::ranges::copy(digest, inputs[i].begin() + 32);
    }
    right &= sign_avx512(table, jobs.data(), jobs.size() / kLanes).right;
  });
  if (!right) state.SkipWithError("wrong");
}

void openssl(benchmark::State& state) {
  const EvpKey key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  const EvpKeyContext context(EVP_PKEY_CTX_new(key.get(), nullptr));
  if (EVP_PKEY_sign_init(context.get()) != 1) return state.SkipWithError("OpenSSL refuses");
  const auto octets = message(1);
  std::array<uint8_t, 72> der;
  measure(state, 1, state.range(1) != 0, [&] {
    const Sha256Digest digest = sha256(octets);
    size_t size = der.size();
    if (EVP_PKEY_sign(context.get(), der.data(), &size, digest.data(), digest.size()) != 1) std::abort();
  });
}

// What is not the lanes: hashing and drawing, of one signature.
void inputs_alone(benchmark::State& state) {
  const auto octets = message(1);
  std::array<uint8_t, kInputSize> input;
  measure(state, 1, false, [&] {
    fill_secret_random(MutableByteSpan(input).first(32));
    const Sha256Digest digest = sha256(octets);
    std::ranges::copy(digest, input.begin() + 32);
    benchmark::DoNotOptimize(input);
  });
}

// A layer's work for a group of eight.
template <class Work>
void layer(benchmark::State& state, Work work) {
  if (!avx512_lanes_supported()) return state.SkipWithError("this processor has no AVX-512 IFMA");
  Layers layers(*base_table());
  layers.hash_nonces();
  layers.reduce_nonces();
  measure(state, 1, false, [&] { work(layers); });
}

// The group of eight without its inputs: what the layers are parts of.
void layer_all(benchmark::State& state) {
  if (!avx512_lanes_supported()) return state.SkipWithError("this processor has no AVX-512 IFMA");
  LaneKey key;
  std::array<uint8_t, kScalarSize> scalar;
  scalar.fill(7);
  make_lane_key(scalar, key);
  std::array<std::array<uint8_t, kInputSize>, kLanes> inputs;
  std::array<std::array<uint8_t, 64>, kLanes> signatures;
  std::array<LaneJob, kLanes> jobs;
  for (size_t i = 0; i < kLanes; ++i) {
    inputs[i].fill(static_cast<uint8_t>(i));
    jobs[i] = {&key, inputs[i].data(), signatures[i].data()};
  }
  measure(state, 1, false, [&] { benchmark::DoNotOptimize(sign_avx512(*base_table(), jobs.data(), 1)); });
}

const std::vector<std::string> kNames{"group", "cold"};
BENCHMARK(lanes)->ArgsProduct({{1, 8, 16, 64}, {0}})->ArgNames(kNames);
BENCHMARK(lanes)->ArgsProduct({{1, 8, 16, 64}, {1}})->ArgNames(kNames)->Iterations(kColdIterations);
BENCHMARK(lanes)->ArgsProduct({{8, 64}, {0}})->ArgNames(kNames)->Threads(2)->UseRealTime();
BENCHMARK(openssl)->Args({1, 0})->ArgNames(kNames);
BENCHMARK(openssl)->Args({1, 1})->ArgNames(kNames)->Iterations(kColdIterations);
BENCHMARK(openssl)->Args({1, 0})->ArgNames(kNames)->Threads(2)->UseRealTime();
BENCHMARK(inputs_alone);
BENCHMARK(layer_all);
BENCHMARK_CAPTURE(layer, hash_nonces, [](Layers& layers) { layers.hash_nonces(); });
BENCHMARK_CAPTURE(layer, reduce_nonces, [](Layers& layers) { layers.reduce_nonces(); });
BENCHMARK_CAPTURE(layer, multiply, [](Layers& layers) { layers.multiply(); });
BENCHMARK_CAPTURE(layer, multiply_look_up, [](Layers& layers) { layers.look_up(); });
BENCHMARK_CAPTURE(layer, invert_modulo_p_of_1, [](Layers& layers) { layers.invert(1); });
BENCHMARK_CAPTURE(layer, invert_modulo_n_of_1, [](Layers& layers) { layers.invert_nonces(1); });
BENCHMARK_CAPTURE(layer, invert_modulo_p_of_8, [](Layers& layers) { layers.invert(8); });
BENCHMARK_CAPTURE(layer, invert_modulo_n_of_8, [](Layers& layers) { layers.invert_nonces(8); });
BENCHMARK_CAPTURE(layer, check_curve, [](Layers& layers) { layers.check_curve(); });

}  // namespace
}  // namespace signet::lanes::p256

int main(int argc, char** argv) {
  if (!signet::signing_start() || signet::lanes::p256::base_table() == nullptr) return 1;
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
