// Opening a store that remembers many revocations, into the index: their share of the time from start to ready.
// SIGNET_BENCH_REVOCATIONS is how many (default 20,000; 10000000 for the figure that counts), SIGNET_BENCH_DIR where
// (default: the working directory). The rows are written straight into the database, since to revoke them one by one
// would take an hour.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "keystore/revocation/revocation_index.h"
#include "keystore/store/database.h"
#include "keystore/store/rows.h"
#include "protocol/base/check.h"

namespace signet {
namespace {

size_t many() {
  const char* text = std::getenv("SIGNET_BENCH_REVOCATIONS");
  return text == nullptr ? 20'000 : std::strtoull(text, nullptr, 10);
}

class Place {
 public:
  Place() {
    const char* named = std::getenv("SIGNET_BENCH_DIR");
    path_ = (named != nullptr ? named : std::filesystem::current_path().string()) + "/revocation-open-XXXXXX";
    SIGNET_CHECK(mkdtemp(path_.data()) != nullptr);
  }
  ~Place() { std::filesystem::remove_all(path_); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class IndexLoader : public StoreLoader {
 public:
  void on_tenant(TenantRow) override {}
  void on_key(KeyRow) override {}
  void on_secret(SecretRow) override {}
  void on_client(const Client&) override {}
  void reserve_revocations(size_t about) override { index_.reserve(about); }
  void on_revocations(std::span<const Revocation> revocations) override { index_.add(revocations); }
  const RevocationIndex& index() const { return index_; }

 private:
  QuiescentDomain domain_;
  RevocationIndex index_{domain_};
};

void write_rows(const std::string& path) {
  auto database = store::Database::open({.path = path + "/store"});
  SIGNET_CHECK(database.has_value());
  constexpr UnixSeconds kExpires = 4'000'000'000;
  Sha256Digest hash{};
  for (uint64_t n = 0; n < many();) {
    store::Batch batch(**database);
    for (int i = 0; i < 20'000 && n < many(); ++i, ++n) {
      hash[n % hash.size()] = static_cast<uint8_t>(n);
      const RevocationRow row{.revocation = {.kind = RevocationKind::kToken,
                                             .value = fmt::format("AZ{:020x}", n * 0x9E3779B97F4A7C15),
                                             .expires_at = kExpires},
                              .sequence = n + 1,
                              .revoked_at_ms = 1'800'000'000'000 + static_cast<UnixMs>(n)};
      batch.put(store::Family::kRevocations, store::revocation_key(0, row.sequence),
                store::encode_revocation(row, hash));
    }
    SIGNET_CHECK((*database)->write(batch).has_value());
  }
  (*database)->flush_if_large();
  (*database)->close();
}

void BM_Open(benchmark::State& state) {
  const Place place;
  {
    IndexLoader loader;
    SIGNET_CHECK(open_rocks_store({.path = place.path(), .create = true}, loader).has_value());
  }
  write_rows(place.path());
  for (auto _ : state) {
    IndexLoader loader;
    const auto start = std::chrono::steady_clock::now();
    const auto store = open_rocks_store({.path = place.path()}, loader);
    state.SetIterationTime(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    SIGNET_CHECK(store.has_value() && loader.index().figures().entries == many());
    state.counters["bytes_each"] =
        static_cast<double>(loader.index().figures().bytes) / static_cast<double>(std::max<size_t>(many(), 1));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(many()));
}
BENCHMARK(BM_Open)->Iterations(1)->UseManualTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace signet

int main(int argc, char** argv) {
  if (!signet::digest_start()) return 1;
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
