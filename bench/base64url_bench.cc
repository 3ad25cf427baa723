// base64url: what each encoder and each strict decoder costs for the sizes of an access token's parts.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "protocol/base/base64url.h"
#include "protocol/base/base64url_internal.h"

namespace {

using namespace signet;

std::vector<uint8_t> noise(size_t size) {
  std::vector<uint8_t> octets(size);
  uint32_t state = 1;
  for (uint8_t& octet : octets) octet = static_cast<uint8_t>((state = state * 1664525 + 1013904223) >> 24);
  return octets;
}

void encode_with(benchmark::State& state, internal::Base64UrlEncoder encoder) {
  const auto octets = noise(static_cast<size_t>(state.range(0)));
  std::string out(base64url_encoded_size(octets.size()), '\0');
  for (auto _ : state) {
    benchmark::DoNotOptimize(encoder(octets.data(), octets.size(), out.data()));
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

void encode_scalar(benchmark::State& state) { encode_with(state, internal::base64url_encode_scalar); }

void encode_avx2(benchmark::State& state) {
  if (!internal::base64url_has_avx2()) return state.SkipWithError("no AVX2 here");
  encode_with(state, internal::base64url_encode_avx2);
}

void encode_vbmi(benchmark::State& state) {
  if (!internal::base64url_has_vbmi()) return state.SkipWithError("no AVX-512 VBMI here");
  encode_with(state, internal::base64url_encode_vbmi);
}

void encode_dispatched(benchmark::State& state) {
  encode_with(state, [](const uint8_t* from, size_t size, char* to) { return base64url_encode({from, size}, to); });
}

void decode_with(benchmark::State& state, internal::Base64UrlDecoder decoder) {
  const auto octets = noise(static_cast<size_t>(state.range(0)));
  std::string text = base64url_text(octets);
  std::vector<uint8_t> out(octets.size());
  for (auto _ : state) {
    benchmark::DoNotOptimize(decoder(as_bytes(text).data(), text.size(), out.data()));
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

void decode_scalar(benchmark::State& state) { decode_with(state, internal::base64url_decode_scalar); }

void decode_vbmi(benchmark::State& state) {
  if (!internal::base64url_has_vbmi()) return state.SkipWithError("no AVX-512 VBMI here");
  decode_with(state, internal::base64url_decode_vbmi);
}

// 16: a jti. 64: a signature. 300: a claims set. 4096: where the loop alone counts.
BENCHMARK(encode_scalar)->Arg(16)->Arg(64)->Arg(300)->Arg(4096);
BENCHMARK(encode_avx2)->Arg(16)->Arg(64)->Arg(300)->Arg(4096);
BENCHMARK(encode_vbmi)->Arg(16)->Arg(64)->Arg(300)->Arg(4096);
BENCHMARK(encode_dispatched)->Arg(16)->Arg(64)->Arg(300)->Arg(4096);
BENCHMARK(decode_scalar)->Arg(16)->Arg(64)->Arg(300)->Arg(4096);
BENCHMARK(decode_vbmi)->Arg(16)->Arg(64)->Arg(300)->Arg(4096);

}  // namespace

BENCHMARK_MAIN();
