// The committer on a real disk: durable operations a second with 1, 8 and 64 submitters, importing, and opening.
//
// Durable figures are only worth something with the disk they were taken on: the file system and the latency of its
// fdatasync are printed first. SIGNET_BENCH_DIR names the directory (default: the working directory, which must not be
// in memory); SIGNET_BENCH_CLIENTS how many clients are imported and loaded (default 20000).
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <string>
#include <vector>

#include "keystore/store/store.h"
#include "protocol/base/check.h"

namespace signet {
namespace {

constexpr long kTmpfsMagic = 0x01021994;

std::string bench_directory() {
  const char* named = std::getenv("SIGNET_BENCH_DIR");
  return named != nullptr ? named : std::filesystem::current_path().string();
}

uint64_t client_count() {
  const char* named = std::getenv("SIGNET_BENCH_CLIENTS");
  return named != nullptr ? std::strtoull(named, nullptr, 10) : 20'000;
}

class Loader : public StoreLoader {
 public:
  void on_tenant(TenantRow) override {}
  void on_key(KeyRow) override {}
  void on_secret(SecretRow) override {}
  void on_client(const Client&) override { clients.fetch_add(1, std::memory_order_relaxed); }
  std::atomic<uint64_t> clients{0};
};

// A directory for one benchmark.
struct Place {
  Place() {
    std::string name = bench_directory() + "/committer-bench-XXXXXX";
    SIGNET_CHECK(mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Place() { std::filesystem::remove_all(path); }
  std::unique_ptr<Store> open(Loader& loader) const {
    auto store = open_rocks_store({.path = path, .create = true}, loader);
    SIGNET_CHECK(store.has_value());
    return std::move(*store);
  }
  std::string path;
};

Client client_of(std::string id) {
  ClientSecret secret{.pepper_version = 1, .created_at = 1'700'000'000};
  // Hashes do not compress; equal ones would.
  for (size_t i = 0; i < secret.hash.size(); ++i) secret.hash[i] = static_cast<uint8_t>(id[i % id.size()] * (i + 3));
  return {.client_id = std::move(id),
          .scope = "a.read a.write b.read",
          .audiences = {"urn:demo"},
          .secrets = {secret},
          .created_at = 1'700'000'000};
}

// Keeps `submitters` operations in flight from the completions themselves, as loops would.
class Submitters {
 public:
  Submitters(Store& store, int operations) : store_(store), left_(operations), running_(operations) {}
  void run(int submitters) {
    for (int i = 0; i < submitters; ++i) submit();
    done_.get_future().wait();
  }

 private:
  void submit() {
    const int number = left_.fetch_sub(1);
    if (number <= 0) return;
    store_.put_last_used({{.client_id = "c", .minutes = {static_cast<uint32_t>(number), 0}}}, 0, [this](auto result) {
      SIGNET_CHECK(result.has_value());
      submit();
      if (running_.fetch_sub(1) == 1) done_.set_value();
    });
  }
  Store& store_;
  std::atomic<int> left_;
  std::atomic<int> running_;
  std::promise<void> done_;
};

void add(Store& store, Client client) {
  std::promise<void> done;
  store.add_client({}, std::move(client), [&](auto) { done.set_value(); });
  done.get_future().wait();
}

void BM_Puts(benchmark::State& state) {
  const int submitters = static_cast<int>(state.range(0));
  const Place place;
  Loader loader;
  const auto store = place.open(loader);
  add(*store, client_of("c"));
  int64_t operations = 0;
  for (auto _ : state) {
    const int some = submitters * 50;
    Submitters(*store, some).run(submitters);
    operations += some;
  }
  const auto status = store->status();
  state.SetItemsProcessed(operations);
  state.counters["sync_ms_median"] = status.sync_ms_median;
  state.counters["sync_ms_max"] = status.sync_ms_max;
  state.counters["per_commit"] = static_cast<double>(status.operations) / static_cast<double>(status.batches);
}
BENCHMARK(BM_Puts)->Arg(1)->Arg(8)->Arg(64)->UseRealTime()->Unit(benchmark::kMillisecond);

// Chunks made beforehand: the committer's part of an import alone.
void import_all(Store& store, uint64_t clients, uint64_t chunk_size, double* seconds) {
  const uint64_t chunks = (clients + chunk_size - 1) / chunk_size;
  for (uint64_t number = 0; number < chunks; ++number) {
    ImportChunk chunk{.import_id = "bench", .chunk = number};
    for (uint64_t i = 0; i < chunk_size; ++i) {
      chunk.clients.push_back(client_of(fmt::format("client-{:08}", (number * chunk_size + i) * 7919 % 100'000'000)));
    }
    std::promise<bool> done;
    const auto start = std::chrono::steady_clock::now();
    store.import_clients({}, std::move(chunk), [&](auto result) { done.set_value(result.has_value()); });
    SIGNET_CHECK(done.get_future().get());
    *seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }
}

void BM_Import(benchmark::State& state) {
  for (auto _ : state) {
    const Place place;
    Loader loader;
    const auto store = place.open(loader);
    double seconds = 0;
    import_all(*store, client_count(), 5000, &seconds);
    state.SetIterationTime(seconds);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(client_count()));
}
BENCHMARK(BM_Import)->UseManualTime()->Iterations(1)->Unit(benchmark::kMillisecond);

// After an orderly end, and (1) after a kill, when the log is replayed: a copy of an open store is what a kill leaves.
void BM_Open(benchmark::State& state) {
  const bool killed = state.range(0) == 1;
  const Place place;
  const Place copy;
  {
    Loader loader;
    const auto store = place.open(loader);
    double seconds = 0;
    import_all(*store, client_count(), 5000, &seconds);
    if (!killed) store->close();
    std::filesystem::copy(place.path, copy.path,
                          std::filesystem::copy_options::recursive | std::filesystem::copy_options::overwrite_existing);
  }
  for (auto _ : state) {
    Loader loader;
    const auto start = std::chrono::steady_clock::now();
    const auto store = copy.open(loader);
    state.SetIterationTime(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    SIGNET_CHECK(loader.clients >= client_count());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(client_count()));
}
BENCHMARK(BM_Open)->Arg(0)->Arg(1)->UseManualTime()->Iterations(1)->Unit(benchmark::kMillisecond);

// What one fdatasync of an appended 4 KiB costs here.
void print_disk() {
  const std::string name = bench_directory() + "/committer-bench.fdatasync";
  struct statfs info{};
  statfs(bench_directory().c_str(), &info);
  const int fd = open(name.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
  SIGNET_CHECK(fd >= 0);
  const std::string page(4096, 'x');
  std::vector<double> ms;
  for (int i = 0; i < 100; ++i) {
    SIGNET_CHECK(write(fd, page.data(), page.size()) == static_cast<ssize_t>(page.size()));
    const auto start = std::chrono::steady_clock::now();
    SIGNET_CHECK(fdatasync(fd) == 0);
    ms.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
  }
  close(fd);
  std::filesystem::remove(name);
  std::ranges::sort(ms);
  fmt::print(stderr, "{}: file system {:#x}{}, fdatasync of 4 KiB: median {:.3f} ms, p90 {:.3f} ms, max {:.3f} ms\n",
             bench_directory(), info.f_type, info.f_type == kTmpfsMagic ? " (IN MEMORY: worth nothing)" : "", ms[50],
             ms[90], ms[99]);
}

}  // namespace
}  // namespace signet

int main(int argc, char** argv) {
  signet::print_disk();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
