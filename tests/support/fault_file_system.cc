#include "tests/support/fault_file_system.h"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace signet {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

std::string parent_of(const std::string& name) { return std::filesystem::path(name).parent_path().string(); }

std::optional<std::string> contents_of(const std::string& name) {
  std::ifstream file(name, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

class FaultFile : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FaultFile(FaultFileSystem& system, std::string name, std::unique_ptr<rocksdb::FSWritableFile> file, uint64_t size)
      : FSWritableFileOwnerWrapper(std::move(file)), system_(system), name_(std::move(name)), size_(size) {}

  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options, IODebugContext* debug) override {
    return append(data, [&] { return target()->Append(data, options, debug); });
  }
  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options,
                  const rocksdb::DataVerificationInfo& verification, IODebugContext* debug) override {
    return append(data, [&] { return target()->Append(data, options, verification, debug); });
  }
  IOStatus Truncate(uint64_t size, const IOOptions& options, IODebugContext* debug) override {
    if (auto status = system_.before_write(); !status.ok()) return status;
    size_ = size;
    return target()->Truncate(size, options, debug);
  }
  IOStatus Close(const IOOptions& options, IODebugContext* debug) override { return target()->Close(options, debug); }
  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
    return sync([&] { return target()->Sync(options, debug); });
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    return sync([&] { return target()->Fsync(options, debug); });
  }

 private:
  template <typename Write>
  IOStatus append(const rocksdb::Slice& data, const Write& write) {
    if (auto status = system_.before_write(); !status.ok()) return status;
    auto status = write();
    if (status.ok()) size_ += data.size();
    return status;
  }
  template <typename Sync>
  IOStatus sync(const Sync& sync) {
    if (auto status = system_.before_sync(); !status.ok()) return status;
    auto status = sync();
    return status.ok() ? system_.synced(name_, size_) : status;
  }

  FaultFileSystem& system_;
  const std::string name_;
  uint64_t size_;
};

class FaultDirectory : public rocksdb::FSDirectoryWrapper {
 public:
  FaultDirectory(FaultFileSystem& system, std::string name, std::unique_ptr<rocksdb::FSDirectory> directory)
      : FSDirectoryWrapper(std::move(directory)), system_(system), name_(std::move(name)) {}
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    return sync([&] { return FSDirectoryWrapper::Fsync(options, debug); });
  }
  IOStatus FsyncWithDirOptions(const IOOptions& options, IODebugContext* debug,
                               const rocksdb::DirFsyncOptions& directory_options) override {
    return sync([&] { return FSDirectoryWrapper::FsyncWithDirOptions(options, debug, directory_options); });
  }

 private:
  template <typename Sync>
  IOStatus sync(const Sync& sync) {
    if (auto status = system_.before_sync(); !status.ok()) return status;
    auto status = sync();
    return status.ok() ? system_.directory_synced(name_) : status;
  }
  FaultFileSystem& system_;
  const std::string name_;
};

}  // namespace

void FaultFileSystem::fail_sync(int n, SyncError error) {
  const std::lock_guard lock(mutex_);
  failing_sync_ = syncs_ + n;
  error_ = error;
}

void FaultFileSystem::lose_power() {
  const std::lock_guard lock(mutex_);
  power_lost_ = true;
}

void FaultFileSystem::ignore_syncs() {
  const std::lock_guard lock(mutex_);
  syncs_ignored_ = true;
}

int FaultFileSystem::syncs() const {
  const std::lock_guard lock(mutex_);
  return syncs_;
}

uint64_t FaultFileSystem::forget_unsynced(std::mt19937_64* random) {
  const std::lock_guard lock(mutex_);
  std::error_code error;
  uint64_t forgotten = 0;
  for (const auto& [name, synced] : synced_sizes_) {
    const uint64_t size = std::filesystem::file_size(name, error);
    if (error || size <= synced) continue;
    const uint64_t kept = random != nullptr ? (*random)() % (size - synced) : 0;
    std::filesystem::resize_file(name, synced + kept, error);
    forgotten += size - synced - kept;
  }
  for (const auto& name : unsynced_names_) std::filesystem::remove(name, error);
  for (const auto& [name, before] : replaced_files_) {
    if (before) {
      std::ofstream(name, std::ios::binary | std::ios::trunc) << *before;
    } else {
      std::filesystem::remove(name, error);
    }
  }
  return forgotten;
}

IOStatus FaultFileSystem::before_write() {
  const std::lock_guard lock(mutex_);
  return power_lost_ ? IOStatus::IOError("the power is gone") : IOStatus::OK();
}

IOStatus FaultFileSystem::before_sync() {
  const std::lock_guard lock(mutex_);
  if (power_lost_) return IOStatus::IOError("the power is gone");
  ++syncs_;
  if (failing_sync_ == 0 || syncs_ < failing_sync_) return IOStatus::OK();
  return error_ == SyncError::kEnospc ? IOStatus::NoSpace("injected") : IOStatus::IOError("injected");
}

IOStatus FaultFileSystem::synced(const std::string& name, uint64_t size) {
  const std::lock_guard lock(mutex_);
  if (power_lost_) return IOStatus::IOError("the power is gone");
  if (!syncs_ignored_) synced_sizes_[name] = size;
  return IOStatus::OK();
}

IOStatus FaultFileSystem::directory_synced(const std::string& name) {
  const std::lock_guard lock(mutex_);
  if (power_lost_) return IOStatus::IOError("the power is gone");
  if (syncs_ignored_) return IOStatus::OK();
  std::erase_if(unsynced_names_, [&](const auto& file) { return parent_of(file) == name; });
  std::erase_if(replaced_files_, [&](const auto& file) { return parent_of(file.first) == name; });
  return IOStatus::OK();
}

IOStatus FaultFileSystem::NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                          std::unique_ptr<rocksdb::FSWritableFile>* result, IODebugContext* debug) {
  if (auto status = before_write(); !status.ok()) return status;
  std::unique_ptr<rocksdb::FSWritableFile> file;
  auto status = FileSystemWrapper::NewWritableFile(name, options, &file, debug);
  if (!status.ok()) return status;
  const std::lock_guard lock(mutex_);
  synced_sizes_[name] = 0;
  unsynced_names_.insert(name);
  *result = std::make_unique<FaultFile>(*this, name, std::move(file), 0);
  return status;
}

IOStatus FaultFileSystem::ReopenWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                             std::unique_ptr<rocksdb::FSWritableFile>* result, IODebugContext* debug) {
  if (auto status = before_write(); !status.ok()) return status;
  std::unique_ptr<rocksdb::FSWritableFile> file;
  auto status = FileSystemWrapper::ReopenWritableFile(name, options, &file, debug);
  if (!status.ok()) return status;
  std::error_code error;
  const auto size = std::filesystem::file_size(name, error);
  const std::lock_guard lock(mutex_);
  synced_sizes_.try_emplace(name, size);
  *result = std::make_unique<FaultFile>(*this, name, std::move(file), size);
  return status;
}

IOStatus FaultFileSystem::NewDirectory(const std::string& name, const IOOptions& options,
                                       std::unique_ptr<rocksdb::FSDirectory>* result, IODebugContext* debug) {
  std::unique_ptr<rocksdb::FSDirectory> directory;
  auto status = FileSystemWrapper::NewDirectory(name, options, &directory, debug);
  if (status.ok()) *result = std::make_unique<FaultDirectory>(*this, name, std::move(directory));
  return status;
}

IOStatus FaultFileSystem::RenameFile(const std::string& from, const std::string& to, const IOOptions& options,
                                     IODebugContext* debug) {
  if (auto status = before_write(); !status.ok()) return status;
  auto before = contents_of(to);
  auto status = FileSystemWrapper::RenameFile(from, to, options, debug);
  if (!status.ok()) return status;
  const std::lock_guard lock(mutex_);
  replaced_files_.try_emplace(to, std::move(before));
  unsynced_names_.erase(from);
  if (auto moved = synced_sizes_.extract(from)) synced_sizes_[to] = moved.mapped();
  return status;
}

IOStatus FaultFileSystem::DeleteFile(const std::string& name, const IOOptions& options, IODebugContext* debug) {
  if (auto status = before_write(); !status.ok()) return status;
  return FileSystemWrapper::DeleteFile(name, options, debug);
}

}  // namespace signet
