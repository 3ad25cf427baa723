// What the benchmarks of lanes measure alike: cycles of the core, cold caches, one thread on each core.
#pragma once

#include <benchmark/benchmark.h>
#include <sched.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace signet {

// core_clock: cycles a second of the core that runs this, by products that wait for each other, of three cycles each.
// The processor's own counter has a fixed rate, whatever the core's. The quickest of some attempts: the others may have
// been interrupted. Takes half a millisecond.
inline double core_clock() {
  constexpr int kAttempts = 5, kProducts = 100'000, kCycles = 3;
  double quickest = 0;
  uint64_t value = 3;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const auto begin = std::chrono::steady_clock::now();
#pragma GCC unroll 16
    for (int i = 0; i < kProducts; ++i) asm volatile("imul %0, %0" : "+r"(value));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    quickest = std::max(quickest, kProducts * kCycles / took.count());
  }
  return quickest;
}

inline void touch_everything() {
  thread_local std::vector<uint8_t> memory(size_t{64} << 20);
  for (size_t i = 0; i < memory.size(); i += 64) ++memory[i];
  benchmark::ClobberMemory();
}

// With several threads each has a core of its own, by its number; a single one stays where it was put.
class OnItsCore {
 public:
  explicit OnItsCore(const benchmark::State& state) {
    sched_getaffinity(0, sizeof before_, &before_);
    if (state.threads() == 1) return;
    cpu_set_t own;
    CPU_ZERO(&own);
    CPU_SET(static_cast<size_t>(state.thread_index()), &own);
    sched_setaffinity(0, sizeof own, &own);
  }
  OnItsCore(const OnItsCore&) = delete;
  OnItsCore& operator=(const OnItsCore&) = delete;
  ~OnItsCore() { sched_setaffinity(0, sizeof before_, &before_); }

 private:
  cpu_set_t before_;
};

// measure times `work`, which makes `items` of something, and says how many cycles one takes.
template <class Work>
void measure(benchmark::State& state, size_t items, bool cold, Work work) {
  const OnItsCore core(state);
  const double before = core_clock();
  for (auto _ : state) {
    if (cold) {
      state.PauseTiming();
      touch_everything();
      state.ResumeTiming();
    }
    work();
  }
  const double cycles_a_second = (before + core_clock()) / 2;
  const auto made = static_cast<double>(state.iterations()) * static_cast<double>(items);
  state.SetItemsProcessed(static_cast<int64_t>(made));
  // Time over this is cycles of one; on several threads, of one on its core.
  const auto flags = static_cast<benchmark::Counter::Flags>(benchmark::Counter::kIsRate | benchmark::Counter::kInvert |
                                                            benchmark::Counter::kAvgThreads);
  state.counters["cycles"] = benchmark::Counter(made / cycles_a_second, flags);
  state.counters["GHz"] = benchmark::Counter(cycles_a_second / 1e9, benchmark::Counter::kAvgThreads);
}

// Touching all memory takes a thousand times as long as what is measured.
inline constexpr int kColdIterations = 100;

}  // namespace signet
