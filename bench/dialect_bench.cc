// What a dialect costs: reading and compiling the largest shipped file (at a reload), finding an endpoint among one and
// a hundred dialects, rendering an answer's body and a claims set, reading claims.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "protocol/base/check.h"
#include "protocol/dialect/dialect_claims.h"
#include "protocol/dialect/dialect_file.h"
#include "protocol/dialect/dialect_router.h"
#include "protocol/dialect/shipped.h"
#include "tests/support/dialect_handlers.h"

namespace {

using namespace signet;
using testing_support::handlers_of;

Dialect read(std::string_view text) {
  const auto handlers = handlers_of(text);
  auto dialect = read_dialect(text, "bench.toml", {.switches = {}, .handlers = handlers});
  SIGNET_CHECK(dialect.has_value());
  return std::move(dialect->dialect);
}

Dialect shipped(std::string_view file) {
  const auto at = std::ranges::find(shipped_dialects(), file, &ShippedDialect::file);
  SIGNET_CHECK(at != shipped_dialects().end());
  return read(at->text);
}

void compile_largest(benchmark::State& state) {
  const ShippedDialect& largest =
      *std::ranges::max_element(shipped_dialects(), {}, [](const ShippedDialect& one) { return one.text.size(); });
  const auto handlers = handlers_of(largest.text);
  for (auto _ : state) {
    const auto dialect = read_dialect(largest.text, largest.file, {.switches = {}, .handlers = handlers});
    SIGNET_CHECK(dialect.has_value());
  }
  state.SetLabel(std::string(largest.file) + ", " + std::to_string(largest.text.size()) + " octets");
}

void match(benchmark::State& state) {
  std::vector<std::unique_ptr<Dialect>> dialects;
  for (int64_t i = 0; i < state.range(0); ++i) {
    const std::string n = std::to_string(i);
    dialects.push_back(std::make_unique<Dialect>(
        read("name = 'd" + n + "'\n[[endpoint]]\nname = 'a'\npaths = ['/system" + n + "/v1/login', '/system" + n +
             "/{tenant}/token']\nmethods = ['POST']\nhandler = 'answer'\n[endpoint.success]\n")));
  }
  std::vector<const Dialect*> pointers;
  for (const auto& one : dialects) pointers.push_back(one.get());
  const auto router = DialectRouter::build(pointers);
  SIGNET_CHECK(router.has_value());
  const std::string path = "/system" + std::to_string(state.range(0) - 1) + "/acme/token";
  DialectCaptures captures;
  std::array<char, 256> scratch;
  for (auto _ : state) {
    const DialectMatch found = router->match("POST", path, scratch, captures);
    SIGNET_CHECK(found.kind == DialectMatchKind::kEndpoint);
    benchmark::DoNotOptimize(captures);
  }
}

void render(benchmark::State& state, const Template& from, const TemplateInput& input) {
  std::array<char, 2048> out;
  for (auto _ : state) {
    benchmark::DoNotOptimize(from.render(input, out));
    benchmark::ClobberMemory();
  }
}

const std::string kToken(300, 't');
const TemplateInput kInput{.token = kToken,
                           .client_id = "customer-1",
                           .issued_at = 1'700'000'000,
                           .expires_at = 1'700'000'300,
                           .lifetime_s = 300,
                           .key_id = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};

void render_body(benchmark::State& state) {
  render(state, shipped("vietqr.toml").endpoints.at(0).success->body, kInput);
}
void render_claims_vietqr(benchmark::State& state) { render(state, shipped("vietqr.toml").token->claims, kInput); }
void render_claims_novapost(benchmark::State& state) { render(state, shipped("novapost.toml").token->claims, kInput); }

void read_claims(benchmark::State& state) {
  const Dialect dialect = shipped("novapost.toml");
  std::array<char, 2048> out;
  const std::string_view json(out.data(), dialect.token->claims.render(kInput, out));
  DialectClaims claims;
  for (auto _ : state) {
    SIGNET_CHECK(read_dialect_claims(dialect, json, claims));
    benchmark::DoNotOptimize(claims);
  }
}

BENCHMARK(compile_largest);
BENCHMARK(match)->Arg(1)->Arg(100);
BENCHMARK(render_body);
BENCHMARK(render_claims_vietqr);
BENCHMARK(render_claims_novapost);
BENCHMARK(read_claims);

}  // namespace

BENCHMARK_MAIN();
