// Reading a published snapshot between two passes while a publisher replaces it: what a worker pays per iteration.
#include <benchmark/benchmark.h>

#include <array>
#include <thread>

#include "keystore/snapshot/published.h"
#include "keystore/snapshot/reclaimer.h"

namespace signet {
namespace {

// As large as the part of a key snapshot that one request reads.
struct Snapshot {
  std::array<uint64_t, 16> words{};
};

struct Shared {
  QuiescentDomain domain;
  Published<Snapshot> published{std::make_unique<const Snapshot>()};
};

// Publishes at a rate far above that of any rotation of keys.
void rotate(const std::stop_token& stop, Shared& shared) {
  while (!stop.stop_requested()) {
    shared.domain.wait_for_room({64, 1 << 20}, std::chrono::milliseconds(100));
    shared.published.publish(std::make_unique<const Snapshot>(), shared.domain);
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
}

Shared* g_shared = nullptr;
std::jthread* g_publisher = nullptr;
Reclaimer* g_reclaimer = nullptr;

void set_up(const benchmark::State&) {
  g_shared = new Shared;
  g_reclaimer = new Reclaimer(g_shared->domain);
  g_publisher = new std::jthread([](std::stop_token stop) { rotate(stop, *g_shared); });
}

void tear_down(const benchmark::State&) {
  delete g_publisher;
  delete g_reclaimer;
  delete g_shared;
}

void pass_and_read(benchmark::State& state) {
  auto* reader = g_shared->domain.register_reader([] {});
  for (auto _ : state) {
    reader->pass();
    const Snapshot& snapshot = g_shared->published.load();
    benchmark::DoNotOptimize(snapshot.words[3] + snapshot.words[11]);
  }
  g_shared->domain.unregister_reader(reader);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(pass_and_read)->Setup(set_up)->Teardown(tear_down)->Threads(1)->Threads(2)->UseRealTime();

void read_only(benchmark::State& state) {
  auto* reader = g_shared->domain.register_reader([] {});
  uint64_t iterations = 0;
  for (auto _ : state) {
    if (++iterations % 64 == 0) reader->pass();  // 64 requests in one loop iteration
    benchmark::DoNotOptimize(g_shared->published.load().words[3]);
  }
  g_shared->domain.unregister_reader(reader);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(read_only)->Setup(set_up)->Teardown(tear_down)->Threads(1)->Threads(2)->UseRealTime();

void publish_and_reclaim(benchmark::State& state) {
  Shared shared;
  auto* reader = shared.domain.register_reader([] {});
  for (auto _ : state) {
    shared.published.publish(std::make_unique<const Snapshot>(), shared.domain);
    reader->pass();
    shared.domain.poll();
  }
  shared.domain.unregister_reader(reader);
}
BENCHMARK(publish_and_reclaim);

}  // namespace
}  // namespace signet

BENCHMARK_MAIN();
