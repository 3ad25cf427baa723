// Ed25519 in lanes beside libsodium and OpenSSL, in one process: signatures of 300 octets in groups of 1, 8, 16 and 64,
// with caches as they are and after 64 MiB were touched. A group of 1 is eight copies of one message. `begun`: the
// messages' first block is hashed already, as the signer of a key has it. `cycles`: see lane_figures.h.
#include <benchmark/benchmark.h>
#include <openssl/evp.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <vector>

#include "bench/lane_figures.h"
#include "keystore/signing/lanes/ed25519_lane_key.h"
#include "keystore/signing/lanes/ed25519_lanes.h"
#include "keystore/signing/lanes/inverse25519.h"
#include "keystore/signing/lanes/lane_support.h"

namespace signet::lanes {
namespace {

constexpr size_t kSize = 300;  // an access token's signing input

struct Key {
  Key() {
    std::array<uint8_t, 32> seed{};
    seed.fill(7);
    crypto_sign_seed_keypair(public_key.data(), secret_key.data(), seed.data());
    make_ed25519_lane_key(secret_key, lanes);
    std::array<uint8_t, kMidstateOctets> begin;
    begin.fill('h');
    make_ed25519_lane_midstate(lanes, begin, midstate);
  }
  std::array<uint8_t, 32> public_key{};
  std::array<uint8_t, 64> secret_key{};
  Ed25519LaneKey lanes{};
  Ed25519LaneMidstate midstate{};
};
const Key& key() {
  static const Key one;
  return one;
}

const std::vector<uint8_t>& message(size_t i) {
  static const auto all = [] {
    std::vector<std::vector<uint8_t>> filled(64);
    for (size_t j = 0; j < filled.size(); ++j) {
      filled[j].assign(kSize, static_cast<uint8_t>(j));
      std::fill_n(filled[j].begin(), kMidstateOctets, uint8_t{'h'});  // as tokens of one key
    }
    return filled;
  }();
  return all[i];
}

void lanes(benchmark::State& state) {
  if (!avx512_lanes_supported()) return state.SkipWithError("this processor has no AVX-512 IFMA");
  const auto group = static_cast<size_t>(state.range(0));
  std::vector<std::array<uint8_t, 64>> signatures(64);
  std::vector<Ed25519LaneJob> jobs;
  const auto* midstate = state.range(2) != 0 ? &key().midstate : nullptr;
  for (size_t i = 0; i < (group + kLanes - 1) / kLanes * kLanes; ++i) {
    jobs.push_back({&key().lanes, {message(i % group).data(), kSize}, signatures[i].data(), midstate});
  }
  const BaseTable& table = *base_table();
  measure(state, group, state.range(1) != 0, [&] { ed25519_sign_avx512(table, jobs.data(), jobs.size() / kLanes); });
}

void libsodium(benchmark::State& state) {
  std::array<uint8_t, 64> signature{};
  measure(state, 1, state.range(1) != 0,
          [&] { crypto_sign_detached(signature.data(), nullptr, message(0).data(), kSize, key().secret_key.data()); });
}

void openssl(benchmark::State& state) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> own(
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, key().secret_key.data(), 32), &EVP_PKEY_free);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, own.get());
  std::array<uint8_t, 64> signature{};
  measure(state, 1, state.range(1) != 0, [&] {
    size_t size = signature.size();
    EVP_DigestSign(context.get(), signature.data(), &size, message(0).data(), kSize);
  });
}

void inversion(benchmark::State& state) {
  uint64_t words[4] = {3, 5, 7, 11};
  for (auto _ : state) inverse25519(words);
  benchmark::DoNotOptimize(words);
}

const std::vector<std::string> kNames{"group", "cold", "begun"};
BENCHMARK(lanes)->ArgsProduct({{1, 8, 16, 64}, {0}, {0, 1}})->ArgNames(kNames);
BENCHMARK(lanes)->ArgsProduct({{1, 8, 16, 64}, {1}, {1}})->ArgNames(kNames)->Iterations(kColdIterations);
BENCHMARK(lanes)->ArgsProduct({{8, 64}, {0}, {1}})->ArgNames(kNames)->Threads(2)->UseRealTime();
BENCHMARK(libsodium)->Args({1, 0})->ArgNames({"group", "cold"});
BENCHMARK(libsodium)->Args({1, 1})->ArgNames({"group", "cold"})->Iterations(kColdIterations);
BENCHMARK(libsodium)->Args({1, 0})->ArgNames({"group", "cold"})->Threads(2)->UseRealTime();
BENCHMARK(openssl)->Args({1, 0})->ArgNames({"group", "cold"});
BENCHMARK(openssl)->Args({1, 1})->ArgNames({"group", "cold"})->Iterations(kColdIterations);
BENCHMARK(inversion);

}  // namespace
}  // namespace signet::lanes

int main(int argc, char** argv) {
  if (sodium_init() < 0 || signet::lanes::base_table() == nullptr) return 1;
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
