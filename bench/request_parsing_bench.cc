// Reading a token request: the form, Basic credentials, and both together as the token endpoint does. The body is
// copied first, because parsing decodes in place; `copy_body` shows what of the figures that is.
#include <benchmark/benchmark.h>

#include <array>
#include <cstring>
#include <string>

#include "protocol/oauth/client_authentication.h"
#include "protocol/oauth/scope.h"
#include "protocol/oauth/token_request.h"

namespace {

using namespace signet;

constexpr std::string_view kBody = "grant_type=client_credentials&scope=a.read+a.write+b.read";
constexpr std::string_view kPostBody =
    "grant_type=client_credentials&scope=a.read+a.write+b.read&client_id=demo"
    "&client_secret=5nHkz0Vw7dQ3%2D8sJfYpLr1TgXbCmKeUiOaZtGvWqEyA&resource=urn%3Ademo";
// demo : 43 characters
constexpr std::string_view kAuthorization = "Basic ZGVtbzo1bkhrejBWdzdkUTMtOHNKZllwTHIxVGdYYkNtS2VVaU9hWnRHdldxRXlB";

struct Body {
  explicit Body(std::string_view text) : size(text.size()) { std::memcpy(octets.data(), text.data(), size); }
  std::span<char> span() { return {octets.data(), size}; }
  std::array<char, 512> octets;
  size_t size;
};

void copy_body(benchmark::State& state) {
  for (auto _ : state) {
    Body body(kBody);
    benchmark::DoNotOptimize(body);
  }
}

void parse_form(benchmark::State& state, std::string_view text) {
  for (auto _ : state) {
    Body body(text);
    FormParameters form;
    benchmark::DoNotOptimize(form.parse(body.span(), "resource"));
    benchmark::DoNotOptimize(form.all().data());
  }
}
void form(benchmark::State& state) { parse_form(state, kBody); }
void form_with_credentials(benchmark::State& state) { parse_form(state, kPostBody); }

void basic(benchmark::State& state) {
  std::array<char, kBasicScratchSize> scratch;
  for (auto _ : state) benchmark::DoNotOptimize(parse_client_authentication(kAuthorization, {}, {}, scratch));
}

void scopes(benchmark::State& state) {
  std::string_view have = "a.read a.write b.read", wanted = "a.read a.write b.read";
  for (auto _ : state) {
    benchmark::DoNotOptimize(have);
    benchmark::DoNotOptimize(wanted);
    benchmark::DoNotOptimize(valid_scope(wanted) && scope_is_subset(have, wanted));
  }
}

void whole_request(benchmark::State& state) {
  std::array<char, kBasicScratchSize> scratch;
  for (auto _ : state) {
    Body body(kBody);
    FormParameters parameters;
    if (!parameters.parse(body.span(), "resource")) return state.SkipWithError("form");
    const auto credentials = parse_client_authentication(kAuthorization, parameters.get("client_id"),
                                                         parameters.get("client_secret"), scratch);
    const auto request = parse_token_request(parameters);
    if (!credentials || !request || !valid_scope(request->scope)) return state.SkipWithError("request");
    benchmark::DoNotOptimize(request->scope);
  }
}

BENCHMARK(copy_body);
BENCHMARK(form);
BENCHMARK(form_with_credentials);
BENCHMARK(basic);
BENCHMARK(scopes);
BENCHMARK(whole_request);

}  // namespace

BENCHMARK_MAIN();
