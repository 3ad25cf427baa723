// The revocation index: octets an entry, a look-up beside one random read of a plain array of the same size, the
// longest pause of a reader while a table grows, and a load of many rows. SIGNET_BENCH_REVOCATIONS is how many are live
// (default 20,000, so that the run in the tests stays short; 10000000 for the figures that count).
#include <benchmark/benchmark.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "keystore/revocation/revocation_index.h"
#include "protocol/base/check.h"

namespace signet {
namespace {

using Clock = std::chrono::steady_clock;
constexpr UnixSeconds kExpires = 1'900'000'000;

size_t many() {
  const char* text = std::getenv("SIGNET_BENCH_REVOCATIONS");
  return text == nullptr ? 20'000 : std::strtoull(text, nullptr, 10);
}

// 22 characters, as a jti has.
std::string jti_of(uint64_t n) {
  static constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string jti(22, 'A');
  for (uint64_t mixed = (n + 1) * 0x9E3779B97F4A7C15, i = 0; i < 11; ++i, mixed >>= 6) jti[i] = kAlphabet[mixed & 63];
  for (size_t i = 11; i < 22; ++i, n >>= 6) jti[i] = kAlphabet[n & 63];
  return jti;
}

Revocation revocation_of(uint64_t n) {
  return {.kind = RevocationKind::kToken, .value = jti_of(n), .expires_at = kExpires};
}

// Grown from the first entry, as a running server's is; made once and kept.
struct Grown {
  Grown() {
    for (uint64_t n = 0; n < many(); ++n) {
      index.add(revocation_of(n));
      most_bytes_each = std::max(most_bytes_each, each(n + 1));
      if (n % 4096 == 0) domain.poll();
    }
    for (int i = 0; i < 10'000; ++i) index.maintain(0);
    domain.poll();
  }
  double each(uint64_t entries) const {
    // Small tables are a page.
    return entries < 10'000 ? 0 : static_cast<double>(index.figures().bytes) / static_cast<double>(entries);
  }
  QuiescentDomain domain;
  RevocationIndex index{domain};
  double most_bytes_each = 0;
};

Grown& grown() {
  static Grown all;
  return all;
}

// What is looked for: so many that none is in a cache when it comes round again.
std::vector<std::string> asked(bool there) {
  std::minstd_rand random(42);
  std::vector<std::string> out;
  for (int i = 0; i < 1 << 17; ++i) out.push_back(jti_of(random() % many() + (there ? 0 : many())));
  return out;
}

void BM_LookUp(benchmark::State& state, bool there) {
  const Grown& all = grown();
  const std::vector<std::string> values = asked(there);
  size_t at = 0, found = 0;
  for (auto _ : state) {
    found += all.index.contains(0, RevocationKind::kToken, values[at++ & (values.size() - 1)]) ? 1 : 0;
  }
  SIGNET_CHECK(found == (there ? static_cast<size_t>(state.iterations()) : 0));
  state.counters["bytes_each"] = all.each(many());
  state.counters["bytes_each_growing"] = all.most_bytes_each;
}
BENCHMARK_CAPTURE(BM_LookUp, Miss, false);
BENCHMARK_CAPTURE(BM_LookUp, Hit, true);

// All that a check asks of one token: three single kinds, four criteria.
void BM_Check(benchmark::State& state) {
  const Grown& all = grown();
  const std::vector<std::string> values = asked(false);
  size_t at = 0;
  for (auto _ : state) {
    const TokenFacts facts{.jti = values[at++ & (values.size() - 1)],
                           .client_id = "client",
                           .subject = "client",
                           .kid = "kid",
                           .issued_ms = 1};
    benchmark::DoNotOptimize(all.index.revoked(facts));
  }
}
BENCHMARK(BM_Check);

// The yardstick: one dependent read at a random place of an array of the index's size, on the same kind of pages.
void BM_RandomRead(benchmark::State& state) {
  const size_t count = std::max<size_t>(grown().index.figures().bytes / sizeof(uint64_t), 64);
  const size_t bytes = count * sizeof(uint64_t);
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  SIGNET_CHECK(memory != MAP_FAILED);
  madvise(memory, bytes, MADV_HUGEPAGE);
  auto* array = static_cast<uint64_t*>(memory);
  std::mt19937_64 random(7);
  for (size_t i = 0; i < count; ++i) array[i] = random();
  uint64_t place = 1, step = 0;
  for (auto _ : state) {
    // With a count in it: a walk from place to place alone would go round in a circle of some thousands, in the cache.
    const uint64_t mixed = (place ^ ++step) * 0x9E3779B97F4A7C15;
    place = array[static_cast<size_t>((static_cast<unsigned __int128>(mixed) * count) >> 64)];
    benchmark::DoNotOptimize(place);
  }
  munmap(memory, bytes);
}
BENCHMARK(BM_RandomRead);

// The longest that one look-up takes while the writer fills the index through every size: by the clock, where the
// scheduler's own pauses are in it, and by the thread's CPU time, where they are not, but page faults and waiting on a
// lock's cache line are, and what a hypervisor takes. Beside it the same while another thread only looks up, busy for
// as long, and maps no memory: what that has too is the machine's.
struct Longest {
  double gap_ms = 0;
  double cpu_ms = 0;
  int over_1_ms = 0;  // look-ups that took more CPU time
  long faults = 0;    // page faults
};

double thread_cpu_ms() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

long thread_faults() {
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  return usage.ru_minflt;
}

Longest longest_look_up(const RevocationIndex& index, QuiescentDomain& domain, const std::atomic<bool>& done) {
  auto* reader = domain.register_reader([] {});
  Longest longest;
  const long faults_before = thread_faults();
  const std::string value = jti_of(1'000'000'007);
  for (uint64_t n = 0; !done.load(std::memory_order_relaxed); ++n) {
    const auto start = Clock::now();
    const double cpu_start = thread_cpu_ms();
    benchmark::DoNotOptimize(index.contains(0, RevocationKind::kToken, n % 2 == 0 ? value : std::string_view("x")));
    const double cpu_ms = thread_cpu_ms() - cpu_start;
    const double gap_ms = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
    longest.cpu_ms = std::max(longest.cpu_ms, cpu_ms);
    longest.gap_ms = std::max(longest.gap_ms, gap_ms);
    longest.over_1_ms += cpu_ms > 1 ? 1 : 0;
    reader->pass();
  }
  domain.unregister_reader(reader);
  longest.faults = thread_faults() - faults_before;
  return longest;
}

void BM_GrowUnderAReader(benchmark::State& state) {
  for (auto _ : state) {
    QuiescentDomain domain;
    RevocationIndex index(domain);
    const auto measure = [&](auto&& work) {
      std::atomic<bool> done{false};
      Longest longest;
      std::thread reader([&] { longest = longest_look_up(index, domain, done); });
      const auto start = Clock::now();
      work();
      state.SetIterationTime(std::chrono::duration<double>(Clock::now() - start).count());
      done = true;
      reader.join();
      return longest;
    };
    // The writer rests half of the time: where a machine's time is rationed, two busy threads use up the ration, and
    // the pauses that follow are not the index's.
    const auto do_many = [](auto&& one) {
      auto began = Clock::now();
      for (uint64_t n = 0; n < many(); ++n) {
        one(n);
        if (n % 1024 != 0 || Clock::now() - began < std::chrono::milliseconds(5)) continue;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        began = Clock::now();
      }
    };
    index.add(revocation_of(many()));
    const Longest beside = measure([&] {
      do_many([&](uint64_t n) { benchmark::DoNotOptimize(index.contains(0, RevocationKind::kToken, jti_of(n))); });
    });
    const Longest growing = measure([&] {
      do_many([&](uint64_t n) {
        index.add(revocation_of(n));
        if (n % 4096 == 0) domain.poll();
      });
    });
    state.counters["gap_ms_beside"] = beside.gap_ms;
    state.counters["cpu_ms_beside"] = beside.cpu_ms;
    state.counters["gap_ms_growing"] = growing.gap_ms;
    state.counters["cpu_ms_growing"] = growing.cpu_ms;
    state.counters["over_1_ms_beside"] = beside.over_1_ms;
    state.counters["over_1_ms_growing"] = growing.over_1_ms;
    state.counters["faults_growing"] = static_cast<double>(growing.faults);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(many()));
}
BENCHMARK(BM_GrowUnderAReader)->Iterations(1)->UseManualTime()->Unit(benchmark::kMillisecond);

// What a start does once the rows are decoded: room for all, then batches.
void BM_Load(benchmark::State& state) {
  std::vector<Revocation> batch(4096);
  for (auto _ : state) {
    QuiescentDomain domain;
    RevocationIndex index(domain);
    index.reserve(many());
    double seconds = 0;
    for (uint64_t n = 0; n < many();) {
      size_t used = 0;
      for (; used < batch.size() && n < many(); ++used, ++n) batch[used] = revocation_of(n);
      const auto start = Clock::now();
      index.add({batch.data(), used});
      seconds += std::chrono::duration<double>(Clock::now() - start).count();
    }
    SIGNET_CHECK(index.figures().entries == many());
    state.SetIterationTime(seconds);
    state.counters["bytes_each"] = static_cast<double>(index.figures().bytes) / static_cast<double>(many());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(many()));
}
BENCHMARK(BM_Load)->Iterations(1)->UseManualTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace signet

int main(int argc, char** argv) {
  if (!signet::digest_start()) return 1;
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
