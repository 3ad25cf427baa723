// RS256 and PS256 in lanes beside OpenSSL, in one process: signers as a worker has them, so that encoding, blinding and
// the verification of each signature are in both, and on the lanes' side the blindings that are made anew. Messages of
// 300 octets in groups of 1, 8, 16 and 64, with caches as they are and after 64 MiB were touched, on one core and on
// two. `lanes`: what the signer does, which leaves few messages to OpenSSL. Then the layers of one group of eight.
#include <benchmark/benchmark.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "bench/lane_figures.h"
#include "bench/lane_layers/rsa_layers.h"
#include "keystore/signing/lanes/lane_dispatch.h"
#include "keystore/signing/lanes/lane_support.h"
#include "keystore/signing/lanes/openssl_handles.h"
#include "keystore/signing/lanes/rsa/rsa_lane_key.h"
#include "keystore/signing/private_key.h"
#include "keystore/signing/signer.h"

namespace signet {
namespace {

constexpr size_t kSize = 300;  // an access token's signing input
constexpr size_t kGroupMax = 64;

// One key for all that signs with so many bits, made once: it takes long.
std::shared_ptr<const PrivateKey> key_of(JwsAlgorithm algorithm, int bits) {
  static std::mutex mutex;
  static std::map<std::pair<JwsAlgorithm, int>, std::shared_ptr<const PrivateKey>> keys;
  const std::lock_guard lock(mutex);
  auto& key = keys[{algorithm, bits}];
  if (!key) key = generate_private_key(algorithm, bits).value_or(nullptr);
  return key;
}

// Before a benchmark's threads begin. The lanes are of the process.
void with_lanes(const benchmark::State&) { lanes::start_lanes({.on_fault = {}}); }
void without_lanes(const benchmark::State&) { lanes::start_lanes({.wanted = false, .on_fault = {}}); }

void sign(benchmark::State& state, JwsAlgorithm algorithm) {
  const auto count = static_cast<size_t>(state.range(1));
  const auto lanes_are = lanes::lane_state();
  if (lanes_are != lanes::LaneState::kRunning && lanes_are != lanes::LaneState::kNotWanted) {
    return state.SkipWithError("this processor has no AVX-512 IFMA");
  }
  const auto key = key_of(algorithm, static_cast<int>(state.range(0)));
  const auto signer = key ? make_signer(key) : nullptr;
  if (!signer) return state.SkipWithError("no key");
  std::vector<std::vector<uint8_t>> messages(kGroupMax), signatures(kGroupMax);
  std::vector<ByteSpan> inputs;
  std::vector<MutableByteSpan> outputs;
  for (size_t i = 0; i < count; ++i) {
    messages[i].assign(kSize, static_cast<uint8_t>(i));
    signatures[i].resize(key->signature_size());
    inputs.emplace_back(messages[i]);
    outputs.emplace_back(signatures[i]);
  }
  size_t failed = 0;
  measure(state, count, state.range(2) != 0, [&] { failed += count - signer->sign(inputs, outputs); });
  if (failed > 0) return state.SkipWithError("not signed");
  if (lanes::lane_state() == lanes::LaneState::kFaulty) state.SkipWithError("a signature was wrong");
}

void rs256(benchmark::State& state) { sign(state, JwsAlgorithm::kRS256); }
void ps256(benchmark::State& state) { sign(state, JwsAlgorithm::kPS256); }

// A layer's work for a group of eight; or all of it, without encoding.
template <class Work>
void layer(benchmark::State& state, Work work) {
  if (!lanes::avx512_lanes_supported()) return state.SkipWithError("this processor has no AVX-512 IFMA");
  const EvpKey own(EVP_RSA_gen(static_cast<unsigned>(state.range(0))));
  BIGNUM *n = nullptr, *p = nullptr, *q = nullptr;
  EVP_PKEY_get_bn_param(own.get(), OSSL_PKEY_PARAM_RSA_N, &n);
  EVP_PKEY_get_bn_param(own.get(), OSSL_PKEY_PARAM_RSA_FACTOR1, &p);
  EVP_PKEY_get_bn_param(own.get(), OSSL_PKEY_PARAM_RSA_FACTOR2, &q);
  const BigNumber owned[] = {BigNumber(n), BigNumber(p), BigNumber(q)};
  lanes::RsaLaneKey key;
  if (!lanes::make_rsa_lane_key({n, p, q}, key)) return state.SkipWithError("no key");
  work(state, key);
}

void layer_all(benchmark::State& state, const lanes::RsaLaneKey& key) {
  lanes::RsaLaneNumbers numbers{}, signatures;
  for (uint64_t& limb : numbers.limb[0]) limb = 3;
  lanes::RsaLaneBlinding blinding;
  lanes::rsa_lanes_avx512.blind(key, numbers, blinding);
  bool right = true;
  measure(state, 1, false, [&] { right &= lanes::rsa_lanes_avx512.sign(key, blinding, numbers, signatures); });
  if (!right) state.SkipWithError("a signature was wrong");
}

template <void (lanes::RsaLayers::*kLayer)()>
void layer_of(benchmark::State& state, const lanes::RsaLaneKey& key) {
  lanes::RsaLayers layers(key);
  measure(state, 1, false, [&] { (layers.*kLayer)(); });
}

const std::vector<std::string> kNames{"bits", "group", "cold"};

void add_signing(const std::string& name, void (*signing)(benchmark::State&)) {
  for (const bool in_lanes : {false, true}) {
    const auto setup = in_lanes ? with_lanes : without_lanes;
    const auto add = [&](const std::vector<int64_t>& groups, bool cold) {
      return benchmark::RegisterBenchmark((name + (in_lanes ? "_lanes" : "_openssl")).c_str(), signing)
          ->Setup(setup)
          ->ArgsProduct({{2048, 3072}, groups, {cold}})
          ->ArgNames(kNames);
    };
    add(in_lanes ? std::vector<int64_t>{1, 2, 3, 8, 16, 64} : std::vector<int64_t>{1, 8}, false);
    add(in_lanes ? std::vector<int64_t>{8, 64} : std::vector<int64_t>{1}, true)->Iterations(kColdIterations / 5);
    add(in_lanes ? std::vector<int64_t>{8, 64} : std::vector<int64_t>{1}, false)->Threads(2)->UseRealTime();
  }
}

void add_layers() {
  using lanes::RsaLayers;
  const auto add = [](const char* name, void (*work)(benchmark::State&, const lanes::RsaLaneKey&)) {
    benchmark::RegisterBenchmark((std::string("layer/") + name).c_str(),
                                 [work](benchmark::State& state) { layer(state, work); })
        ->Arg(2048)
        ->Arg(3072);
  };
  add("all", layer_all);
  add("raise_half", layer_of<&RsaLayers::raise_half>);
  add("raise_half_multiply", layer_of<&RsaLayers::multiply_half>);
  add("raise_half_square", layer_of<&RsaLayers::square_half>);
  add("raise_half_look_up", layer_of<&RsaLayers::look_up>);
  add("raise_to_e", layer_of<&RsaLayers::raise_to_e>);
  add("multiply_whole", layer_of<&RsaLayers::multiply_whole>);
  add("square_whole", layer_of<&RsaLayers::square_whole>);
}

}  // namespace
}  // namespace signet

int main(int argc, char** argv) {
  if (!signet::signing_start()) return 1;
  signet::add_signing("rs256", signet::rs256);
  signet::add_signing("ps256", signet::ps256);
  signet::add_layers();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
