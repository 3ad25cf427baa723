#include "keystore/clients/client_directory.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <utility>
#include <vector>

#include "keystore/clients/client_hash.h"
#include "keystore/clients/client_record.h"
#include "keystore/clients/shard_table.h"
#include "protocol/base/random.h"

namespace signet {
namespace {

constexpr unsigned kShardBits = 12;
constexpr size_t kLoadLocks = 64;
static_assert(ClientDirectory::kShards == size_t{1} << kShardBits);

// The shard and the fingerprint come from opposite ends of the hash.
size_t shard_number(uint64_t hash) { return hash >> (64 - kShardBits); }
ShardTable::Fingerprint fingerprint(uint64_t hash) { return static_cast<ShardTable::Fingerprint>(hash); }

ClientHasher::Seed random_seed() {
  ClientHasher::Seed seed{};
  fill_random({reinterpret_cast<uint8_t*>(seed.data()), sizeof seed});
  return seed;
}

// What one apply took out of the directory; dies after grace.
struct Garbage {
  std::vector<const ClientRecord*> records;
  std::vector<ShardTable> tables;

  Garbage() = default;
  Garbage(const Garbage&) = delete;
  Garbage& operator=(const Garbage&) = delete;
  ~Garbage() {
    for (const auto* record : records) ClientRecordDeleter()(record);
    for (auto& table : tables) table.free();
  }
};

struct HashedChange {
  uint64_t hash;
  const ClientDirectory::Change* change;
};

}  // namespace

struct ClientDirectory::Implementation {
  explicit Implementation(QuiescentDomain& owner) : domain(owner), hasher(random_seed()) {}

  QuiescentDomain& domain;
  const ClientHasher hasher;
  std::array<std::atomic<uintptr_t>, kShards> shards{};  // handles of ShardTable
  std::atomic<size_t> size{0};
  std::atomic<size_t> bytes{0};
  size_t reserved_per_shard = 0;
  std::array<std::mutex, kLoadLocks> load_locks;

  ShardTable shard(size_t number) const { return ShardTable(shards[number].load(std::memory_order_acquire)); }
  void publish(size_t number, ShardTable table) { shards[number].store(table.handle(), std::memory_order_release); }

  // The counters wrap on purpose: only their sums are read.
  void count(size_t clients, size_t resident) {
    size.fetch_add(clients, std::memory_order_relaxed);
    bytes.fetch_add(resident, std::memory_order_relaxed);
  }
  void put(ShardTable& table, uint64_t hash, const Client& client, Garbage& garbage);
  void remove(ShardTable& table, uint64_t hash, const Change& change, Garbage& garbage);
  void apply_to_shard(std::span<const HashedChange> changes, Garbage& garbage);
};

void ClientDirectory::Implementation::put(ShardTable& table, uint64_t hash, const Client& client, Garbage& garbage) {
  const ClientRecord* record = make_client_record(client).release();
  const ClientRecord* replaced = table.put(fingerprint(hash), record);
  count(replaced == nullptr ? 1 : 0, record->resident_bytes());
  if (replaced == nullptr) return;
  // A use noted on the old record after this line is lost: the minute is coarse and the next use notes it again.
  carry_last_used(*replaced, *record);
  count(0, 0 - replaced->resident_bytes());
  garbage.records.push_back(replaced);
}

void ClientDirectory::Implementation::remove(ShardTable& table, uint64_t hash, const Change& change, Garbage& garbage) {
  const ClientRecord* removed = table.remove(fingerprint(hash), change.tenant, change.client_id);
  if (removed == nullptr) return;
  count(size_t{0} - 1, 0 - removed->resident_bytes());
  garbage.records.push_back(removed);
}

void ClientDirectory::Implementation::apply_to_shard(std::span<const HashedChange> changes, Garbage& garbage) {
  const size_t number = shard_number(changes.front().hash);
  const ShardTable before = shard(number);
  ShardTable after = before.copy(before.count() + changes.size());
  for (const auto& [hash, change] : changes) {
    if (change->client != nullptr) {
      put(after, hash, *change->client, garbage);
    } else {
      remove(after, hash, *change, garbage);
    }
  }
  publish(number, after);
  count(0, after.bytes() - before.bytes());
  if (before.handle() != 0) garbage.tables.push_back(before);
}

ClientDirectory::ClientDirectory(QuiescentDomain& domain) : implementation_(std::make_unique<Implementation>(domain)) {}

ClientDirectory::~ClientDirectory() {
  for (size_t i = 0; i < kShards; ++i) {
    ShardTable table = implementation_->shard(i);
    table.for_each(ClientRecordDeleter());
    table.free();
  }
}

const ClientRecord* ClientDirectory::find(uint32_t tenant, std::string_view client_id) const {
  return find(Search{implementation_->hasher(tenant, client_id)}, tenant, client_id);
}

ClientDirectory::Search ClientDirectory::begin(uint32_t tenant, std::string_view client_id) const {
  const uint64_t hash = implementation_->hasher(tenant, client_id);
  implementation_->shard(shard_number(hash)).prefetch_slot(fingerprint(hash));
  return {hash};
}

void ClientDirectory::fetch(Search search) const {
  implementation_->shard(shard_number(search.hash)).prefetch_record(fingerprint(search.hash));
}

const ClientRecord* ClientDirectory::find(Search search, uint32_t tenant, std::string_view client_id) const {
  return implementation_->shard(shard_number(search.hash)).find(fingerprint(search.hash), tenant, client_id);
}

void ClientDirectory::apply(std::span<const Change> changes) {
  if (changes.empty()) return;
  std::vector<HashedChange> ordered;
  ordered.reserve(changes.size());
  for (const auto& change : changes) {
    ordered.push_back({implementation_->hasher(change.tenant, change.client_id), &change});
  }
  // Two changes of one client stay in order: their addresses are in that of `changes`.
  std::sort(ordered.begin(), ordered.end(), [](const HashedChange& a, const HashedChange& b) {
    return std::pair(shard_number(a.hash), a.change) < std::pair(shard_number(b.hash), b.change);
  });
  auto garbage = std::make_unique<Garbage>();
  for (size_t first = 0; first < ordered.size();) {
    size_t last = first + 1;
    while (last < ordered.size() && shard_number(ordered[last].hash) == shard_number(ordered[first].hash)) ++last;
    implementation_->apply_to_shard(std::span(ordered).subspan(first, last - first), *garbage);
    first = last;
  }
  size_t bytes = sizeof(Garbage);
  for (const auto* record : garbage->records) bytes += record->resident_bytes();
  for (const auto& table : garbage->tables) bytes += table.bytes();
  implementation_->domain.retire(std::unique_ptr<const Garbage>(std::move(garbage)), bytes);
}

void ClientDirectory::load_reserve(size_t clients) {
  const size_t mean = clients / kShards;
  implementation_->reserved_per_shard = mean + mean / 8;
}

void ClientDirectory::load(const Client& client) {
  const uint64_t hash = implementation_->hasher(client.tenant, client.client_id);
  const size_t number = shard_number(hash);
  Garbage garbage;
  const std::lock_guard lock(implementation_->load_locks[number % kLoadLocks]);
  ShardTable table = implementation_->shard(number);
  if (!table.has_room(table.count() + 1)) {
    ShardTable larger = table.copy(std::max(table.count() + 1, implementation_->reserved_per_shard));
    implementation_->count(0, larger.bytes() - table.bytes());
    table.free();
    table = larger;
    implementation_->publish(number, table);
  }
  implementation_->put(table, hash, client, garbage);
}

size_t ClientDirectory::size() const { return implementation_->size.load(std::memory_order_relaxed); }

size_t ClientDirectory::resident_bytes() const {
  return implementation_->bytes.load(std::memory_order_relaxed) + sizeof(Implementation);
}

void ClientDirectory::for_each(const std::function<void(const ClientRecord&)>& visit) const {
  for (size_t i = 0; i < kShards; ++i) for_each_in_shard(i, visit);
}

size_t ClientDirectory::shard_of(uint32_t tenant, std::string_view client_id) const {
  return shard_number(implementation_->hasher(tenant, client_id));
}

void ClientDirectory::for_each_in_shard(size_t shard, const std::function<void(const ClientRecord&)>& visit) const {
  implementation_->shard(shard).for_each([&](const ClientRecord* record) { visit(*record); });
}

}  // namespace signet
