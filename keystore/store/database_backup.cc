#include "keystore/store/database_backup.h"

#include <rocksdb/env.h>
#include <rocksdb/rate_limiter.h>
#include <rocksdb/utilities/backup_engine.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <limits>

#include "keystore/store/database_implementation.h"
#include "keystore/store/keys.h"
#include "keystore/store/records.h"

namespace signet::store {
namespace {

// Also the step of what `progress` is told.
constexpr uint64_t kProgressOctets = uint64_t{1} << 20;

// The engine copies in pieces of what its rate limiter lets through at once, 5 MiB without one. A system call for as
// much takes milliseconds, and a kernel that does not preempt itself lets a worker wait for its end, whatever the
// priorities.
constexpr int64_t kPieceOctets = int64_t{64} << 10;

// Limits the size of a piece, and no rate.
class SmallPieces final : public rocksdb::RateLimiter {
 public:
  void SetBytesPerSecond(int64_t /*bytes_per_second*/) override {}
  void Request(const int64_t /*bytes*/, const rocksdb::Env::IOPriority /*priority*/,
               rocksdb::Statistics* /*statistics*/) override {}
  int64_t GetSingleBurstBytes() const override { return kPieceOctets; }
  int64_t GetTotalBytesThrough(const rocksdb::Env::IOPriority /*priority*/) const override { return 0; }
  int64_t GetTotalRequests(const rocksdb::Env::IOPriority /*priority*/) const override { return 0; }
  int64_t GetBytesPerSecond() const override { return std::numeric_limits<int64_t>::max(); }
};

rocksdb::BackupEngineOptions engine_options(const std::string& directory) {
  rocksdb::BackupEngineOptions options(directory);
  options.share_table_files = true;
  options.share_files_with_checksum = true;
  options.sync = true;
  options.destroy_old_data = false;
  options.backup_log_files = true;
  options.max_background_operations = 1;
  options.callback_trigger_interval_size = kProgressOctets;
  options.backup_rate_limiter = std::make_shared<SmallPieces>();
  return options;
}

// Made here, since the engine would make them readable by all.
void make_parts(const std::string& directory) {
  for (const char* part : {"/meta", "/private", "/shared_checksum"}) ::mkdir((directory + part).c_str(), 0700);
}

DatabaseError damaged_backup(std::string what) { return {DatabaseErrorKind::kDamaged, std::move(what)}; }

}  // namespace

BackupWriter::BackupWriter(std::unique_ptr<rocksdb::BackupEngine> engine) : engine_(std::move(engine)) {}
BackupWriter::~BackupWriter() = default;

std::expected<std::unique_ptr<BackupWriter>, DatabaseError> BackupWriter::open(const std::string& directory) {
  make_parts(directory);
  rocksdb::BackupEngine* engine = nullptr;
  const auto status = rocksdb::BackupEngine::Open(engine_options(directory), rocksdb::Env::Default(), &engine);
  if (!status.ok()) return std::unexpected(error_of(status));
  return std::unique_ptr<BackupWriter>(new BackupWriter(std::unique_ptr<rocksdb::BackupEngine>(engine)));
}

std::expected<uint32_t, DatabaseError> BackupWriter::create(Database& database,
                                                            const std::function<void(uint64_t)>& progress) {
  std::atomic<uint64_t> copied{0};
  rocksdb::CreateBackupOptions options;
  options.flush_before_backup = true;  // else the log, which no further backup shares, holds what was written lately
  options.progress_callback = [&] { progress(copied.fetch_add(kProgressOctets) + kProgressOctets); };
  options.decrease_background_thread_cpu_priority = true;
  options.background_thread_cpu_priority = rocksdb::CpuPriority::kIdle;
  uint32_t number = 0;
  const auto status = engine_->CreateNewBackup(options, database.implementation_->db.get(), &number);
  if (!status.ok()) return std::unexpected(error_of(status));
  return number;
}

void BackupWriter::stop() { engine_->StopBackup(); }

std::expected<void, DatabaseError> BackupWriter::remove(uint32_t number) {
  const auto status = engine_->DeleteBackup(number);
  if (!status.ok()) return std::unexpected(error_of(status));
  return {};
}

BackupReader::BackupReader(std::unique_ptr<rocksdb::BackupEngineReadOnly> engine) : engine_(std::move(engine)) {}
BackupReader::~BackupReader() = default;

std::expected<std::unique_ptr<BackupReader>, DatabaseError> BackupReader::open(const std::string& directory) {
  rocksdb::BackupEngineReadOnly* engine = nullptr;
  const auto status = rocksdb::BackupEngineReadOnly::Open(engine_options(directory), rocksdb::Env::Default(), &engine);
  if (!status.ok()) return std::unexpected(error_of(status));
  return std::unique_ptr<BackupReader>(new BackupReader(std::unique_ptr<rocksdb::BackupEngineReadOnly>(engine)));
}

std::vector<uint32_t> BackupReader::numbers() const {
  std::vector<rocksdb::BackupInfo> backups;
  engine_->GetBackupInfo(&backups);
  std::vector<uint32_t> numbers;
  for (const auto& backup : backups) numbers.push_back(backup.backup_id);
  std::ranges::sort(numbers);
  return numbers;
}

std::expected<std::vector<BackedUpFile>, DatabaseError> BackupReader::files(uint32_t number) const {
  rocksdb::BackupInfo backup;
  const auto status = engine_->GetBackupInfo(number, &backup, /*include_file_details=*/true);
  if (!status.ok()) return std::unexpected(error_of(status));
  std::vector<BackedUpFile> files;
  for (const auto& file : backup.file_details) {
    files.push_back({file.relative_filename, file.size});
  }
  std::ranges::sort(files, {}, &BackedUpFile::name);
  return files;
}

std::expected<BackedUpStore, DatabaseError> BackupReader::store(uint32_t number) const {
  rocksdb::BackupInfo backup;
  const auto status = engine_->GetBackupInfo(number, &backup, /*include_file_details=*/true);
  if (!status.ok()) return std::unexpected(error_of(status));
  const auto database = Database::open_read_only(backup.name_for_open, backup.env_for_open.get());
  if (!database) return std::unexpected(database.error());
  const auto version = (*database)->get(Family::kMeta, row_key(kNoTenant, kVersionName));
  if (!version) return std::unexpected(version.error());
  const auto state = (*database)->get(Family::kMeta, row_key(kNoTenant, kStateName));
  if (!state) return std::unexpected(state.error());
  records::VersionRow row;
  auto read = *state ? decode_state(**state) : std::nullopt;
  if (!*version || !row.ParseFromString(**version) || !read) {
    return std::unexpected(damaged_backup("the version row or the state row is missing or cannot be read"));
  }
  return BackedUpStore{row.vault_id(), row.store_id(), *std::move(read)};
}

std::expected<void, DatabaseError> BackupReader::restore(uint32_t number, const std::string& to) const {
  const auto status = engine_->RestoreDBFromBackup(rocksdb::RestoreOptions(), number, to, to);
  if (!status.ok()) return std::unexpected(error_of(status));
  return {};
}

}  // namespace signet::store
