// Database: the thin adapter around RocksDB. No other header of this folder names its types, and database*.cc and
// expiry_filter.cc are the only files that include it.
//
// Thread rule: `get`, `get_many`, `scan`, `middle`, `estimated_rows`, `set_expiry_time` from any thread; the others
// from one.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "protocol/base/time.h"

namespace rocksdb {
class Env;
class WriteBatch;
}  // namespace rocksdb

namespace signet::store {

// Column families. On disk by name (FORMAT.md): never rename, never reuse.
enum class Family : uint8_t {
  kMeta,  // RocksDB's "default"
  kTenants,
  kClients,
  kKeys,
  kSecrets,
  kAudit,
  kLastUsed,
  kImports,
  kCommits,
  kRefreshFamilies,
  kFamilyNames,
  kApiTokens,
  kRevocations,
  kRevocationCounts,
  kFeeds,
  kDialectRecords,
};
inline constexpr size_t kFamilyCount = 16;

enum class DatabaseErrorKind : uint8_t { kNotFound, kInUse, kDamaged, kNoSpace, kOtherFamilies, kIo };
struct DatabaseError {
  DatabaseErrorKind kind{};
  std::string text;  // RocksDB's own
};

// Batch: puts and erasures to be written together, all or none. One thread.
class Batch {
 public:
  explicit Batch(const class Database& database);
  ~Batch();
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  void put(Family family, std::string_view key, std::string_view value);
  void erase(Family family, std::string_view key);
  // Erases every row of [from, to).
  void erase_range(Family family, std::string_view from, std::string_view to);
  // What follows can be taken back by `roll_back`, or kept by `keep`; each ends one `save`.
  void save();
  void roll_back();
  void keep();
  void clear();
  size_t size_bytes() const;
  // The serialised operations in order, borrowed until the next change: what the chain hash covers.
  std::string_view contents() const;

 private:
  friend class Database;
  const Database& database_;
  std::unique_ptr<rocksdb::WriteBatch> batch_;
};

struct DatabaseOptions {
  std::string path;             // DATA/store
  bool create = false;          // fail when it exists; otherwise fail when it does not
  rocksdb::Env* env = nullptr;  // null = the machine's; tests put a broken one here
  // Any thread: a background error after which nothing can be trusted.
  std::function<void(const std::string&)> on_background_error;
};

class Database {
 public:
  // Blocks while the log is replayed. On failure nothing was changed.
  static std::expected<std::unique_ptr<Database>, DatabaseError> open(DatabaseOptions options);
  // Opens the meta and commits families alone and changes no file: for the checks that come before `open`.
  static std::expected<std::unique_ptr<Database>, DatabaseError> open_read_only(const std::string& path,
                                                                                rocksdb::Env* env);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // The row's value, or nothing when there is none.
  std::expected<std::optional<std::string>, DatabaseError> get(Family family, std::string_view key) const;
  // get_many gives those of the rows that there are to `take`, in no order, and leaves out what cannot be read.
  using Take = std::function<void(std::string_view key, std::string_view value)>;
  void get_many(Family family, std::span<const std::string> keys, const Take& take) const;
  // scan visits the rows of [from, to) in order (`to` empty = to the end) until `visit` answers false. Reads ahead and
  // does not fill the cache.
  using Visit = std::function<bool(std::string_view key, std::string_view value)>;
  std::expected<void, DatabaseError> scan(Family family, std::string_view from, std::string_view to,
                                          const Visit& visit) const;
  // A key with about half of the family's bytes before it; empty when it is too small to be worth splitting.
  std::string middle(Family family) const;
  // About how many rows a family has; 0 when not known.
  size_t estimated_rows(Family family) const;

  // write is durable when it returns without an error.
  std::expected<void, DatabaseError> write(Batch& batch);
  // Octets of all tables on disk, about.
  uint64_t all_table_bytes() const;
  // drop_files removes tables that hold nothing but rows of [from, to), which have been erased: their room is free
  // at once. Any thread.
  std::expected<void, DatabaseError> drop_files(Family family, std::string_view from, std::string_view to);
  // Octets of the family's tables on disk.
  uint64_t table_bytes(Family family) const;
  // flush_if_large writes memory tables out when replaying their log would make the next open slow. Blocks.
  void flush_if_large();
  // What compactions may drop: rows that had expired by then (expiry_filter.h). 0, as it is at first: nothing.
  void set_expiry_time(UnixMs safe_ms);
  // compact rewrites a family, so that what has expired is dropped now. Blocks. For tests and measurements.
  std::expected<void, DatabaseError> compact(Family family);
  // close: nothing may be called afterwards. Idempotent.
  void close();

 private:
  friend class Batch;
  friend class BackupWriter;
  struct Implementation;
  explicit Database(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace signet::store
