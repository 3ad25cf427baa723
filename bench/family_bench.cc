// Refresh families on a real disk: rotations a second through the committer with 1, 64 and 128 in flight over families
// chosen at random, and the octets that a family takes on disk after compaction.
//
// SIGNET_BENCH_DIR names the directory (default: the working directory, which must not be in memory);
// SIGNET_BENCH_FAMILIES how many families there are (default 20000).
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "keystore/store/database.h"
#include "keystore/store/family_rows.h"
#include "keystore/store/store.h"
#include "protocol/base/check.h"
#include "protocol/base/random.h"

namespace signet::store {
namespace {

constexpr UnixSeconds kDay = 86'400;

uint64_t family_count() {
  const char* named = std::getenv("SIGNET_BENCH_FAMILIES");
  return named != nullptr ? std::strtoull(named, nullptr, 10) : 20'000;
}

class Loader : public StoreLoader {
 public:
  void on_tenant(TenantRow) override {}
  void on_key(KeyRow) override {}
  void on_secret(SecretRow) override {}
  void on_client(const Client&) override {}
};

struct Place {
  Place() {
    const char* named = std::getenv("SIGNET_BENCH_DIR");
    std::string name = (named != nullptr ? named : std::filesystem::current_path().string()) + "/family-bench-XXXXXX";
    SIGNET_CHECK(mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Place() { std::filesystem::remove_all(path); }
  std::unique_ptr<Store> open() const {
    Loader loader;
    auto opened = open_rocks_store({.path = path, .create = true}, loader);
    SIGNET_CHECK(opened.has_value());
    return std::move(*opened);
  }
  std::string path;
};

FamilyId id_of(uint64_t number) {
  // Spread over the key space, as random ids are.
  FamilyId id{};
  const uint64_t mixed = number * 0x9E3779B97F4A7C15;
  std::memcpy(id.data(), &mixed, sizeof mixed);
  std::memcpy(id.data() + 8, &number, sizeof number);
  return id;
}

std::string client_of(uint64_t number) {
  std::string text = std::to_string(number % 1000);
  return "client-" + std::string(13 - text.size(), '0') + text;
}

// A family that has been rotated: what most of them are.
RefreshFamily family_of(uint64_t number, UnixMs now) {
  RefreshFamily family{.id = id_of(number),
                       .client_id = client_of(number),
                       .scope = "orders.read orders.writ",
                       .audiences = {"https://api.example.com/orders"},
                       .created_ms = now - static_cast<int64_t>(number % 1'000'000) * 1000,
                       .idle_expires_at = now / 1000 + 30 * kDay,
                       .absolute_expires_at = now / 1000 + 365 * kDay,
                       .rotated_at = now / 1000};
  family.subject = family.client_id;
  family.rotation = {.sequence = 3 + static_cast<uint32_t>(number % 500),
                     .rotated_ms = 1'000'000'000 + static_cast<int64_t>(number),
                     .rotated_before_ms = 900'000'000};
  fill_random(family.rotation.current_hash);
  fill_random(family.rotation.previous_hash);
  fill_random(family.rotation.salt);
  return family;
}

void put_families(Database& database, uint64_t count, UnixMs now) {
  for (uint64_t number = 0; number < count;) {
    Batch batch(database);
    for (uint64_t end = std::min(number + 10'000, count); number < end; ++number) {
      const RefreshFamily family = family_of(number, now);
      batch.put(Family::kRefreshFamilies, family_key(0, family.id), encode_family(family));
      batch.put(Family::kFamilyNames, family_name_key(0, FamilyNameKind::kClient, family.client_id, family.id),
                encode_family_name(family.absolute_expires_at));
    }
    SIGNET_CHECK(database.write(batch).has_value());
  }
}

UnixMs now_ms() { return UnixMs{::time(nullptr)} * 1000; }

void BM_OctetsOnDisk(benchmark::State& state) {
  const Place place;
  place.open()->close();
  auto database = Database::open({.path = place.path + "/store"});
  SIGNET_CHECK(database.has_value());
  double per_family = 0;
  for (auto _ : state) {
    put_families(**database, family_count(), now_ms());
    (*database)->compact(Family::kRefreshFamilies);
    (*database)->compact(Family::kFamilyNames);
    const uint64_t octets =
        (*database)->table_bytes(Family::kRefreshFamilies) + (*database)->table_bytes(Family::kFamilyNames);
    per_family = static_cast<double>(octets) / static_cast<double>(family_count());
  }
  state.counters["octets_per_family"] = per_family;
}
BENCHMARK(BM_OctetsOnDisk)->Iterations(1)->Unit(benchmark::kMillisecond);

// Keeps a number of rotations in flight from their completions, as workers do.
class Rotations {
 public:
  Rotations(Store& store, std::vector<RefreshFamily>& families, int64_t count)
      : store_(store), families_(families), left_(count), running_(count) {}
  void run(int in_flight) {
    for (int i = 0; i < in_flight; ++i) requests_.push_back(std::make_unique<Request>(*this, static_cast<size_t>(i)));
    for (const auto& request : requests_) ask(*request);
    done_.get_future().wait();
  }

 private:
  struct Request final : RotationRequest {
    Request(Rotations& asker, size_t number) : owner(asker), slot(number) {}
    void completed() override { owner.completed(*this); }
    Rotations& owner;
    const size_t slot;
    RefreshFamily* of = nullptr;
  };
  void ask(Request& request) {
    const int64_t number = left_.fetch_sub(1) - 1;
    if (number < 0) return;
    uint64_t place = 0;
    fill_random({reinterpret_cast<uint8_t*>(&place), sizeof place});
    // Each request has families of its own, so that none is asked for twice at once.
    const size_t share = families_.size() / requests_.size();
    request.of = &families_[request.slot * share + place % share];
    request.family = request.of->id;
    request.sequence = request.of->rotation.sequence;
    request.hash = request.of->rotation.current_hash;
    request.client_id = request.of->client_id;
    fill_random(request.salt);
    fill_random(request.successor_hash);
    request.successor_key_version = 1;
    request.window_ms = 30'000;
    request.idle_s = 30 * kDay;
    store_.rotate_family(request);
  }
  void completed(Request& request) {
    SIGNET_CHECK(request.verdict == RotationVerdict::kRotated);
    request.of->rotation.sequence = request.rotation.sequence;
    request.of->rotation.current_hash = request.successor_hash;
    ask(request);
    if (running_.fetch_sub(1) == 1) done_.set_value();
  }

  Store& store_;
  std::vector<RefreshFamily>& families_;
  std::vector<std::unique_ptr<Request>> requests_;
  std::atomic<int64_t> left_;
  std::atomic<int64_t> running_;
  std::promise<void> done_;
};

void BM_Rotate(benchmark::State& state) {
  const Place place;
  auto store = place.open();
  for (uint64_t number = 0; number < 1000; ++number) {
    Client client{.client_id = client_of(number), .grants = kGrantRefreshToken, .scope = "orders.read orders.writ"};
    std::promise<void> added;
    store->add_client({}, std::move(client), [&](auto) { added.set_value(); });
    added.get_future().wait();
  }
  store.reset();  // with its lock
  const UnixMs now = now_ms();
  {
    auto database = Database::open({.path = place.path + "/store"});
    SIGNET_CHECK(database.has_value());
    put_families(**database, family_count(), now);
  }
  store = place.open();
  store->begin_service();
  std::vector<RefreshFamily> families;  // some of them, as clients hold them
  for (uint64_t number = 0; number < std::min<uint64_t>(family_count(), 100'000); ++number) {
    families.push_back(**store->find_family(0, id_of(number)));
  }
  constexpr int64_t kBatch = 2000;
  for (auto _ : state) Rotations(*store, families, kBatch).run(static_cast<int>(state.range(0)));
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()) * kBatch);
  store->close();
}
BENCHMARK(BM_Rotate)->Arg(1)->Arg(64)->Arg(128)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace signet::store

BENCHMARK_MAIN();
