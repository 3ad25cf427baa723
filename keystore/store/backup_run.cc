#include "keystore/store/backup_run.h"

#include "keystore/store/operation.h"

namespace signet::store {

std::expected<StoreBackup, StoreError> BackupRun::create(Database& database, const StoreBackupOrder& order) {
  const std::unique_lock running(running_, std::try_to_lock);
  if (!running) return refuse(StoreErrorKind::kBusy, "a backup is being made already");
  auto writer = BackupWriter::open(order.directory);
  if (!writer) return refuse(StoreErrorKind::kUnavailable, writer.error().text);
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return refuse(StoreErrorKind::kUnavailable, "the store is closed");
    writer_ = writer->get();
    stopped_ = false;
  }
  const uint64_t about = database.all_table_bytes();
  const auto number = (*writer)->create(database, [&](uint64_t copied) {
    if (order.progress) order.progress(copied, about);
  });
  const std::lock_guard lock(mutex_);
  writer_ = nullptr;
  if (number) return StoreBackup{*number};
  return refuse(StoreErrorKind::kUnavailable, stopped_ ? "the backup was stopped" : number.error().text);
}

void BackupRun::stop() {
  const std::lock_guard lock(mutex_);
  if (writer_ == nullptr) return;
  stopped_ = true;
  writer_->stop();
}

void BackupRun::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  stop();
  const std::lock_guard running(running_);
}

}  // namespace signet::store
