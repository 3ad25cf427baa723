// RS256 and PS256 in lanes beside OpenSSL, in one process: signers as a worker has them, so that encoding, blinding and
// the verification of each signature are in both, and on the lanes' side the blindings that are made anew. Messages of
// 300 octets in groups of 1, 8, 16 and 64. `lanes`: what the signer does, which leaves few messages to OpenSSL.
#include <benchmark/benchmark.h>

#include <memory>
#include <vector>

#include "keystore/signing/lanes/lane_dispatch.h"
#include "keystore/signing/private_key.h"
#include "keystore/signing/signer.h"

namespace signet {
namespace {

constexpr size_t kSize = 300;  // an access token's signing input
constexpr size_t kGroupMax = 64;

std::shared_ptr<const PrivateKey> key_of(JwsAlgorithm algorithm, int bits) {
  auto key = generate_private_key(algorithm, bits);
  return key ? *key : nullptr;
}

void sign(benchmark::State& state, JwsAlgorithm algorithm, bool in_lanes) {
  const auto count = static_cast<size_t>(state.range(1));
  const auto lanes_are = lanes::start_lanes({.wanted = in_lanes, .on_fault = {}});
  if (in_lanes && lanes_are != lanes::LaneState::kRunning) {
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
  for (auto _ : state) {
    if (signer->sign(inputs, outputs) != count) return state.SkipWithError("not signed");
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(count));
  if (lanes::lane_state() == lanes::LaneState::kFaulty) state.SkipWithError("a signature was wrong");
}

void rs256_lanes(benchmark::State& state) { sign(state, JwsAlgorithm::kRS256, true); }
void ps256_lanes(benchmark::State& state) { sign(state, JwsAlgorithm::kPS256, true); }
void rs256_openssl(benchmark::State& state) { sign(state, JwsAlgorithm::kRS256, false); }
void ps256_openssl(benchmark::State& state) { sign(state, JwsAlgorithm::kPS256, false); }

const std::vector<std::string> kNames{"bits", "group"};
BENCHMARK(rs256_openssl)->ArgsProduct({{2048, 3072}, {1, 8}})->ArgNames(kNames);
BENCHMARK(rs256_lanes)->ArgsProduct({{2048, 3072}, {1, 2, 3, 8, 16, 64}})->ArgNames(kNames);
BENCHMARK(ps256_openssl)->ArgsProduct({{2048, 3072}, {1, 8}})->ArgNames(kNames);
BENCHMARK(ps256_lanes)->ArgsProduct({{2048, 3072}, {1, 8, 16, 64}})->ArgNames(kNames);

}  // namespace
}  // namespace signet

int main(int argc, char** argv) {
  if (!signet::signing_start()) return 1;
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
