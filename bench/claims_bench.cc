// Composing an access token up to its signature: jti, claims, signing input, and the answer's text around it. The
// claims also through the bounds-checked JSON writer (a tight buffer chooses it), to show what the copying path gains.
#include <benchmark/benchmark.h>

#include <array>

#include "protocol/base/random.h"
#include "protocol/jwt/access_token.h"
#include "protocol/oauth/token_response.h"

namespace {

using namespace signet;

constexpr std::string_view kAudience[] = {"urn:demo"};

AccessTokenClaims example() {
  return {.issuer = "http://127.0.0.1:8420",
          .subject = "demo",
          .audience = kAudience,
          .client_id = "demo",
          .scope = "a.read a.write b.read",
          .issued_at = 1700000000,
          .expires_at = 1700000900,
          .jti = "AYvK0G8AAQIDBAUGBwgJCg",
          .family = {},
          .extra_members = {}};
}

void write_claims_into(benchmark::State& state, std::span<char> out) {
  AccessTokenClaims claims = example();
  for (auto _ : state) {
    benchmark::DoNotOptimize(claims);
    benchmark::DoNotOptimize(write_access_token_claims(claims, out));
    benchmark::ClobberMemory();
  }
}

void claims_copied(benchmark::State& state) {
  std::array<char, 1024> out;
  write_claims_into(state, out);
}

void claims_checked(benchmark::State& state) {
  std::array<char, 1024> out;
  write_claims_into(state, std::span(out).first(write_access_token_claims(example(), out)));
}

void jti(benchmark::State& state) {
  std::array<uint8_t, 10> random;
  std::array<char, kJtiSize> out;
  for (auto _ : state) {
    fill_random(random);
    write_jti(1700000000123, random, out.data());
    benchmark::DoNotOptimize(out);
  }
}

void signing_input(benchmark::State& state) {
  const std::string header = encode_access_token_header(JwsAlgorithm::kEdDSA, std::string(43, 'k'));
  std::array<char, 1024> claims, out;
  const size_t size = write_access_token_claims(example(), claims);
  for (auto _ : state) {
    benchmark::DoNotOptimize(write_signing_input(header, as_bytes({claims.data(), size}), out));
    benchmark::ClobberMemory();
  }
}

void response_suffix(benchmark::State& state) {
  TokenResponse response{900, "a.read a.write b.read"};
  std::array<char, 256> out;
  for (auto _ : state) {
    benchmark::DoNotOptimize(response);
    benchmark::DoNotOptimize(write_token_response_suffix(response, out));
    benchmark::ClobberMemory();
  }
}

BENCHMARK(claims_copied);
BENCHMARK(claims_checked);
BENCHMARK(jti);
BENCHMARK(signing_input);
BENCHMARK(response_suffix);

}  // namespace

BENCHMARK_MAIN();
