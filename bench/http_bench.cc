// Reading a typical token request: our strict head check, and llhttp's second opinion.
#include <benchmark/benchmark.h>

#include <memory>
#include <string_view>

#include "daemon/http/head_check.h"
#include "daemon/http/llhttp_check.h"

namespace {

constexpr std::string_view kTokenRequest =
    "POST /oauth2/token HTTP/1.1\r\n"
    "Host: 127.0.0.1:8420\r\n"
    "User-Agent: python-requests/2.32.3\r\n"
    "Accept-Encoding: gzip, deflate\r\n"
    "Accept: */*\r\n"
    "Connection: keep-alive\r\n"
    "Authorization: Basic Y2xpZW50LTAwMDAwMTpmM2tqOHNkZjlhc2RmOGpzZGY5YXNkZjg3YXNkZg==\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\n"
    "Content-Length: 56\r\n\r\n";

void BM_HeadCheck(benchmark::State& state) {
  const signet::http::Limits limits;
  const auto head = std::make_unique<signet::http::ParsedHead>();
  for (auto _ : state) benchmark::DoNotOptimize(signet::http::check_head(kTokenRequest, limits, *head));
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations()) * static_cast<int64_t>(kTokenRequest.size()));
}
BENCHMARK(BM_HeadCheck);

void BM_Llhttp(benchmark::State& state) {
  const auto head = std::make_unique<signet::http::ParsedHead>();
  (void)signet::http::check_head(kTokenRequest, signet::http::Limits{}, *head);
  for (auto _ : state) benchmark::DoNotOptimize(signet::http::llhttp_check(kTokenRequest, *head));
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations()) * static_cast<int64_t>(kTokenRequest.size()));
}
BENCHMARK(BM_Llhttp);

}  // namespace

BENCHMARK_MAIN();
