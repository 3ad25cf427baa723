// Checks of tokens in process, without sockets: introspection and /verify of tokens that are in the cache (10,000 of
// them, Zipf), of tokens never seen, and batches of 1,000. Beside issuance_bench and signing_bench this shows what
// Signet itself adds.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "daemon/service/service.h"
#include "keystore/signing/lanes/lane_dispatch.h"
#include "protocol/base/base64url.h"
#include "protocol/jwt/access_token.h"
#include "tests/support/exchange.h"
#include "tests/support/memory_keystore.h"

namespace signet {
namespace {

constexpr std::string_view kSecret = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";
constexpr size_t kHotTokens = 10'000;
constexpr size_t kBatch = 1'000;
constexpr int kGroup = 8;  // requests of one loop iteration

struct World {
  World() : shared(ServiceSettings{}), keystore(1) {
    kid = keystore.add_key(JwsAlgorithm::kEdDSA);
    Client client;
    client.client_id = "client-of-the-benchmark";
    keystore.add_client(client, kSecret);
    Client server;
    server.client_id = "rs";
    server.introspect = {"urn:demo"};
    keystore.add_client(server, kSecret);
  }
  // A token that was not there before.
  std::string token() {
    const SigningKey& key = *keystore.keys().tenant(0)->by_kid(kid);
    std::array<uint8_t, 10> random{};
    for (size_t i = 0; i < 8; ++i) random[i] = static_cast<uint8_t>(made >> (8 * i));
    ++made;
    std::array<char, kJtiSize> jti;
    const UnixMs now = system_clock_ms();
    write_jti(now, random, jti.data());
    const std::array<std::string_view, 1> audience{"urn:demo"};
    std::array<char, 1024> claims;
    const size_t size = write_access_token_claims({.issuer = keystore.keys().tenant(0)->issuer,
                                                   .subject = "client-of-the-benchmark",
                                                   .audience = audience,
                                                   .client_id = "client-of-the-benchmark",
                                                   .scope = "a.read a.write b.read",
                                                   .issued_at = now / 1000,
                                                   .expires_at = now / 1000 + 86'000,
                                                   .jti = {jti.data(), jti.size()},
                                                   .family = {},
                                                   .extra_members = {}},
                                                  claims);
    std::string token(key.encoded_header.size() + 1 + base64url_encoded_size(size), '\0');
    write_signing_input(key.encoded_header, as_bytes({claims.data(), size}), token);
    std::array<uint8_t, 64> signature;
    const ByteSpan input = as_bytes(token);
    const MutableByteSpan out = signature;
    if (key.signers.front()->sign({&input, 1}, {&out, 1}) != 1) std::abort();
    std::string encoded = base64url_text(signature);
    return token + "." + encoded;
  }
  std::vector<std::string> tokens(size_t count) {
    std::vector<std::string> out(count);
    std::ranges::generate(out, [this] { return token(); });
    return out;
  }

  ServiceShared shared;
  MemoryKeystore keystore;
  std::string kid;
  uint64_t made = 0;
};

World& world() {
  static const bool started = signing_start() && digest_start();
  if (!started) std::abort();
  static const lanes::LaneState lane_state = lanes::start_lanes({});  // as the daemon does
  if (lane_state == lanes::LaneState::kSelfTestFailed) std::abort();
  static World one;
  return one;
}

// Which token comes when: Zipf with exponent 1 over `count`.
std::vector<size_t> zipf(size_t count, size_t draws) {
  std::vector<double> sums(count);
  double sum = 0;
  for (size_t i = 0; i < count; ++i) sums[i] = sum += 1.0 / static_cast<double>(i + 1);
  std::mt19937 random(7);
  std::uniform_real_distribution<double> uniform(0, sum);
  std::vector<size_t> out(draws);
  for (size_t& one : out) {
    const auto found = std::ranges::lower_bound(sums, uniform(random));
    one = std::min(static_cast<size_t>(found - sums.begin()), count - 1);
  }
  return out;
}

// One worker, and requests as the loop gives them.
class Bench {
 public:
  void introspect(std::string_view token) {
    body_.assign("token=").append(token);
    http::Request request;
    request.method = http::Method::kPost;
    request.path = "/oauth2/introspect";
    request.content_type = "application/x-www-form-urlencoded";
    request.authorization = basic_;
    request.body = {body_.data(), body_.size()};
    request.arrived_ns = monotonic_ns();
    service_->on_request(request, responder);
  }
  void verify(std::string_view token) {
    bearer_.assign("Bearer ").append(token);
    http::Request request;
    request.path = "/verify";
    request.query = "audience=urn:demo&scope=a.read";
    request.has_query = true;
    request.authorization = bearer_;
    request.arrived_ns = monotonic_ns();
    service_->on_request(request, responder);
  }
  void batch(const std::string& body) {
    body_.assign(body);
    http::Request request;
    request.method = http::Method::kPost;
    request.path = "/oauth2/introspect/batch";
    request.content_type = "application/json";
    request.authorization = basic_;
    request.body = {body_.data(), body_.size()};
    request.arrived_ns = monotonic_ns();
    service_->on_request(request, responder);
    finish();
  }
  void finish() {
    while (service_->after_poll(responder)) {
    }
  }

  RecordingResponder responder;
  WorkerMetrics metrics;

 private:
  std::unique_ptr<Service> service_ = std::make_unique<Service>(world().keystore, 0, metrics, world().shared, 1024);
  std::string basic_ = basic_authorization("rs", kSecret);
  std::string body_;
  std::string bearer_;
};

std::string batch_body(std::span<const std::string> tokens) {
  std::string body = R"({"tokens":[)";
  for (const std::string& one : tokens) body += (body.back() == '[' ? "\"" : ",\"") + one + "\"";
  return body + "]}";
}

void expect_active(benchmark::State& state, const Bench& bench, size_t checks) {
  if (bench.responder.status != 200) state.SkipWithError("a good token was refused");
  if (bench.metrics.checks[static_cast<size_t>(CheckResult::kActive)].read() < checks) {
    state.SkipWithError("not every token was active");
  }
}

using One = void (Bench::*)(std::string_view);

void hot(benchmark::State& state, One one) {
  static const std::vector<std::string> tokens = world().tokens(kHotTokens);
  static const std::vector<size_t> order = zipf(kHotTokens, 1 << 16);
  Bench bench;
  for (const std::string& token : tokens) {
    (bench.*one)(token);
    bench.finish();
  }
  size_t at = 0;
  for (auto _ : state) {
    for (int i = 0; i < kGroup; ++i) (bench.*one)(tokens[order[at++ % order.size()]]);
    bench.finish();
  }
  expect_active(state, bench, kHotTokens + at);
  state.SetItemsProcessed(state.iterations() * kGroup);
  state.counters["hit_ratio"] = static_cast<double>(bench.metrics.verify_cache_hits.read()) / static_cast<double>(at);
}

void never_seen(benchmark::State& state, One one) {
  Bench bench;
  std::vector<std::string> tokens;
  size_t checks = 0;
  for (auto _ : state) {
    state.PauseTiming();
    tokens = world().tokens(256);
    state.ResumeTiming();
    for (size_t i = 0; i < tokens.size(); ++i) {
      (bench.*one)(tokens[i]);
      if (i % kGroup == kGroup - 1) bench.finish();
    }
    checks += tokens.size();
  }
  expect_active(state, bench, checks);
  state.SetItemsProcessed(static_cast<int64_t>(checks));
}

void batch_hot(benchmark::State& state) {
  const std::string body = batch_body(world().tokens(kBatch));
  Bench bench;
  bench.batch(body);
  for (auto _ : state) bench.batch(body);
  expect_active(state, bench, kBatch * static_cast<size_t>(state.iterations()));
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kBatch));
}

void batch_never_seen(benchmark::State& state) {
  Bench bench;
  for (auto _ : state) {
    state.PauseTiming();
    const std::string body = batch_body(world().tokens(kBatch));
    state.ResumeTiming();
    bench.batch(body);
  }
  expect_active(state, bench, kBatch * static_cast<size_t>(state.iterations()));
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kBatch));
}

void forged(benchmark::State& state) {
  std::string token = world().token();
  token[token.rfind('.') + 7] ^= 1;
  Bench bench;
  for (auto _ : state) {
    for (int i = 0; i < kGroup; ++i) bench.introspect(token);
    bench.finish();
  }
  if (bench.responder.body != R"({"active":false})") state.SkipWithError("a forged token passed");
  state.SetItemsProcessed(state.iterations() * kGroup);
}

BENCHMARK_CAPTURE(hot, introspect, &Bench::introspect);
BENCHMARK_CAPTURE(hot, verify, &Bench::verify);
BENCHMARK_CAPTURE(never_seen, introspect, &Bench::introspect);
BENCHMARK_CAPTURE(never_seen, verify, &Bench::verify);
BENCHMARK(forged);
BENCHMARK(batch_hot);
BENCHMARK(batch_never_seen);

}  // namespace
}  // namespace signet

BENCHMARK_MAIN();
