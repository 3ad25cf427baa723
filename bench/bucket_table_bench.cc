// Token buckets: what a rate limit that is on adds to a request. Items are checks; `owners` is how many peers or
// clients come by turns. Beside it the keyed hash that finds the bucket.
#include <benchmark/benchmark.h>

#include "daemon/endpoint/bucket_table.h"
#include "protocol/base/digest.h"

namespace signet {
namespace {

constexpr uint64_t kStepNs = 1'000;

// Spread over the sets like a keyed hash, without its cost.
uint64_t spread(uint64_t owner) { return owner * 0x9E3779B97F4A7C15ULL; }

void take(benchmark::State& state) {
  BucketTable table;
  const RateLimit limit = make_rate_limit(1'000, 100, 2);
  const auto owners = static_cast<uint64_t>(state.range(0));
  uint64_t owner = 0, now_ns = 1'000'000'000;
  for (auto _ : state) {
    benchmark::DoNotOptimize(table.take(limit, spread(owner), now_ns += kStepNs));
    if (++owner == owners) owner = 0;
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(take)->ArgName("owners")->Arg(1)->Arg(1'000)->Arg(10'000)->Arg(1'000'000);

// The common check: an address that has not failed.
void look(benchmark::State& state) {
  BucketTable table;
  const RateLimit limit = make_rate_limit(10, 100, 2);
  const auto owners = static_cast<uint64_t>(state.range(0));
  for (uint64_t i = 0; i < 10'000; ++i) table.spend(limit, spread(i), 1'000'000'000);
  uint64_t owner = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(table.wait_ns(limit, spread(owner + 10'000), 1'000'000'000));
    if (++owner == owners) owner = 0;
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(look)->ArgName("owners")->Arg(1)->Arg(1'000'000);

void hash(benchmark::State& state) {
  const ShortHashKey key{1, 2, 3};
  std::array<uint8_t, 132> name{};
  const ByteSpan message = ByteSpan(name).first(static_cast<size_t>(state.range(0)));
  for (auto _ : state) {
    ++name[0];
    benchmark::DoNotOptimize(short_hash(key, message));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(hash)->ArgName("octets")->Arg(8)->Arg(24)->Arg(132);

}  // namespace
}  // namespace signet

BENCHMARK_MAIN();
