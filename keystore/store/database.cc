#include "keystore/store/database.h"

#include <fmt/format.h>
#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/env.h>
#include <rocksdb/listener.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <vector>

#include "keystore/store/database_implementation.h"
#include "keystore/store/database_options.h"

namespace signet::store {
namespace {

constexpr size_t kCacheBytes = size_t{32} << 20;

rocksdb::Slice slice(std::string_view text) { return {text.data(), text.size()}; }
std::string_view view(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

rocksdb::ReadOptions get_options() {
  rocksdb::ReadOptions options;
  options.verify_checksums = true;
  return options;
}

// ErrorListener: what fails in the background (a flush, a compaction, the log itself).
class ErrorListener : public rocksdb::EventListener {
 public:
  explicit ErrorListener(std::function<void(const std::string&)> report) : report_(std::move(report)) {}
  void OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status* status) override {
    if (report_ && status->severity() >= rocksdb::Status::Severity::kHardError) report_(status->ToString());
  }

 private:
  const std::function<void(const std::string&)> report_;
};

std::vector<rocksdb::ColumnFamilyDescriptor> descriptors(std::initializer_list<Family> families,
                                                         const std::shared_ptr<ExpiryTime>& expiry_time) {
  auto cache = rocksdb::NewLRUCache(kCacheBytes);
  std::vector<rocksdb::ColumnFamilyDescriptor> out;
  for (const Family family : families) {
    out.emplace_back(std::string(family_name(family)), family_options(family, cache, expiry_time));
  }
  return out;
}

}  // namespace

std::expected<std::unique_ptr<Database>, DatabaseError> Database::open(DatabaseOptions options) {
  auto db_options = database_options();
  if (options.env != nullptr) db_options.env = options.env;
  db_options.create_if_missing = options.create;
  db_options.create_missing_column_families = true;  // those that a newer version added
  db_options.error_if_exists = options.create;
  db_options.listeners.push_back(std::make_shared<ErrorListener>(std::move(options.on_background_error)));
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* raw = nullptr;
  auto implementation = std::make_unique<Implementation>();
  const auto status = rocksdb::DB::Open(
      db_options, options.path,
      descriptors({Family::kMeta, Family::kTenants, Family::kClients, Family::kKeys, Family::kSecrets, Family::kAudit,
                   Family::kLastUsed, Family::kImports, Family::kCommits, Family::kRefreshFamilies,
                   Family::kFamilyNames, Family::kApiTokens, Family::kRevocations, Family::kRevocationCounts,
                   Family::kFeeds, Family::kDialectRecords},
                  implementation->expiry_time),
      &handles, &raw);
  if (!status.ok()) return std::unexpected(error_of(status));
  implementation->db.reset(raw);
  std::copy(handles.begin(), handles.end(), implementation->handles.begin());
  return std::unique_ptr<Database>(new Database(std::move(implementation)));
}

std::expected<std::unique_ptr<Database>, DatabaseError> Database::open_read_only(const std::string& path,
                                                                                 rocksdb::Env* env) {
  auto db_options = database_options();
  if (env != nullptr) db_options.env = env;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* raw = nullptr;
  auto implementation = std::make_unique<Implementation>();
  const auto status = rocksdb::DB::OpenForReadOnly(
      db_options, path, descriptors({Family::kMeta, Family::kCommits}, implementation->expiry_time), &handles, &raw,
      /*error_if_wal_file_exists=*/false);
  if (!status.ok()) return std::unexpected(error_of(status));
  implementation->db.reset(raw);
  implementation->handles[static_cast<size_t>(Family::kMeta)] = handles[0];
  implementation->handles[static_cast<size_t>(Family::kCommits)] = handles[1];
  return std::unique_ptr<Database>(new Database(std::move(implementation)));
}

Database::Database(std::unique_ptr<Implementation> implementation) : implementation_(std::move(implementation)) {}
Database::~Database() { close(); }

std::expected<std::optional<std::string>, DatabaseError> Database::get(Family family, std::string_view key) const {
  std::string value;
  const auto status = implementation_->db->Get(get_options(), implementation_->handle(family), slice(key), &value);
  if (status.IsNotFound()) return std::nullopt;
  if (!status.ok()) return std::unexpected(error_of(status));
  return value;
}

void Database::get_many(Family family, std::span<const std::string> keys, const Take& take) const {
  std::array<rocksdb::Slice, 64> some;
  std::array<rocksdb::PinnableSlice, some.size()> values;
  std::array<rocksdb::Status, some.size()> statuses;
  while (!keys.empty()) {
    const size_t count = std::min(keys.size(), some.size());
    for (size_t i = 0; i < count; ++i) some[i] = slice(keys[i]);
    implementation_->db->MultiGet(get_options(), implementation_->handle(family), count, some.data(), values.data(),
                                  statuses.data());
    for (size_t i = 0; i < count; ++i) {
      if (statuses[i].ok()) take(keys[i], view(values[i]));
      values[i].Reset();
    }
    keys = keys.subspan(count);
  }
}

std::expected<void, DatabaseError> Database::scan(Family family, std::string_view from, std::string_view to,
                                                  const Visit& visit) const {
  rocksdb::ReadOptions options;
  options.verify_checksums = true;
  options.fill_cache = false;
  options.readahead_size = size_t{1} << 20;
  const rocksdb::Slice upper = slice(to);
  if (!to.empty()) options.iterate_upper_bound = &upper;
  std::unique_ptr<rocksdb::Iterator> at(implementation_->db->NewIterator(options, implementation_->handle(family)));
  for (at->Seek(slice(from)); at->Valid(); at->Next()) {
    if (!visit(view(at->key()), view(at->value()))) return {};
  }
  if (!at->status().ok()) return std::unexpected(error_of(at->status()));
  return {};
}

std::string Database::middle(Family family) const {
  constexpr uint64_t kWorthSplitting = uint64_t{1} << 20;
  auto size_between = [&](const std::string& from, const std::string& to) {
    rocksdb::SizeApproximationOptions options;
    options.include_memtables = true;
    options.include_files = true;
    const rocksdb::Range range(from, to);
    uint64_t size = 0;
    if (!implementation_->db->GetApproximateSizes(options, implementation_->handle(family), &range, 1, &size).ok()) {
      return uint64_t{0};
    }
    return size;
  };
  const std::string first;
  const uint64_t all = size_between(first, std::string(20, '\xFF'));
  if (all < kWorthSplitting) return {};
  // Bisection octet by octet: the longest prefix known to have at most half of the bytes before it.
  std::string key;
  for (int octet = 0; octet < 16; ++octet) {
    unsigned low = 0;
    unsigned high = 256;
    while (high - low > 1) {
      const unsigned probe = (low + high) / 2;
      const bool before_half = size_between(first, key + static_cast<char>(probe)) <= all / 2;
      (before_half ? low : high) = probe;
    }
    key.push_back(static_cast<char>(low));
  }
  return key;
}

std::expected<void, DatabaseError> Database::write(Batch& batch) {
  rocksdb::WriteOptions options;
  options.sync = true;
  options.disableWAL = false;
  const auto status = implementation_->db->Write(options, batch.batch_.get());
  if (!status.ok()) return std::unexpected(error_of(status));
  return {};
}

uint64_t Database::table_bytes(Family family) const {
  uint64_t bytes = 0;
  const bool known = implementation_->db->GetIntProperty(implementation_->handle(family),
                                                         rocksdb::DB::Properties::kTotalSstFilesSize, &bytes);
  return known ? bytes : 0;
}

uint64_t Database::all_table_bytes() const {
  uint64_t bytes = 0;
  for (size_t family = 0; family < kFamilyCount; ++family) bytes += table_bytes(static_cast<Family>(family));
  return bytes;
}

void Database::flush_if_large() {
  constexpr uint64_t kLarge = uint64_t{8} << 20;
  uint64_t size = 0;
  if (!implementation_->db->GetAggregatedIntProperty(rocksdb::DB::Properties::kCurSizeAllMemTables, &size)) return;
  if (size < kLarge) return;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  for (auto* handle : implementation_->handles) {
    if (handle != nullptr) handles.push_back(handle);
  }
  rocksdb::FlushOptions options;
  options.wait = true;
  // A failure costs only the replay of the log at the next open; it is reported by the listener.
  implementation_->db->Flush(options, handles).PermitUncheckedError();
}

// Of what every file says of itself: the engine's own estimate looks at twenty of them and takes the rest for alike.
size_t Database::estimated_rows(Family family) const {
  using Properties = rocksdb::DB::Properties;
  auto* const handle = implementation_->handle(family);
  rocksdb::TablePropertiesCollection tables;
  if (!implementation_->db->GetPropertiesOfAllTables(handle, &tables).ok()) return 0;
  uint64_t entries = 0;
  uint64_t erasures = 0;
  for (const auto& [file, properties] : tables) {
    entries += properties->num_entries;
    erasures += properties->num_deletions;
  }
  const auto add = [&](const std::string& name, uint64_t& to) {
    uint64_t number = 0;
    if (implementation_->db->GetIntProperty(handle, name, &number)) to += number;
  };
  add(Properties::kNumEntriesActiveMemTable, entries);
  add(Properties::kNumEntriesImmMemTables, entries);
  add(Properties::kNumDeletesActiveMemTable, erasures);
  add(Properties::kNumDeletesImmMemTables, erasures);
  // An erasure is an entry, and so is what it erases.
  return entries - std::min(entries, 2 * erasures);
}

void Database::set_expiry_time(UnixMs safe_ms) {
  implementation_->expiry_time->store(safe_ms, std::memory_order_relaxed);
}

std::expected<void, DatabaseError> Database::compact(Family family) {
  rocksdb::CompactRangeOptions options;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  const auto status = implementation_->db->CompactRange(options, implementation_->handle(family), nullptr, nullptr);
  if (!status.ok()) return std::unexpected(error_of(status));
  return {};
}

std::expected<void, DatabaseError> Database::drop_files(Family family, std::string_view from, std::string_view to) {
  const rocksdb::Slice first = slice(from);
  const rocksdb::Slice end = slice(to);
  const auto status = rocksdb::DeleteFilesInRange(implementation_->db.get(), implementation_->handle(family), &first,
                                                  &end, /*include_end=*/false);
  if (!status.ok()) return std::unexpected(error_of(status));
  return {};
}

void Database::close() {
  if (implementation_->db == nullptr) return;
  for (auto*& handle : implementation_->handles) {
    if (handle != nullptr) implementation_->db->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
    handle = nullptr;
  }
  implementation_->db->Close().PermitUncheckedError();
  implementation_->db.reset();
}

Batch::Batch(const Database& database) : database_(database), batch_(std::make_unique<rocksdb::WriteBatch>()) {}
Batch::~Batch() = default;

// The library refuses these only for a batch over 4 GiB or a wrong handle: a bug.
void Batch::put(Family family, std::string_view key, std::string_view value) {
  SIGNET_CHECK(batch_->Put(database_.implementation_->handle(family), slice(key), slice(value)).ok());
}
void Batch::erase(Family family, std::string_view key) {
  SIGNET_CHECK(batch_->Delete(database_.implementation_->handle(family), slice(key)).ok());
}

void Batch::erase_range(Family family, std::string_view from, std::string_view to) {
  SIGNET_CHECK(batch_->DeleteRange(database_.implementation_->handle(family), slice(from), slice(to)).ok());
}

void Batch::save() { batch_->SetSavePoint(); }
void Batch::roll_back() { SIGNET_CHECK(batch_->RollbackToSavePoint().ok()); }
void Batch::keep() { SIGNET_CHECK(batch_->PopSavePoint().ok()); }
void Batch::clear() { batch_->Clear(); }
size_t Batch::size_bytes() const { return batch_->GetDataSize(); }
std::string_view Batch::contents() const { return batch_->Data(); }

}  // namespace signet::store
