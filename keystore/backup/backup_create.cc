#include "keystore/backup/backup_create.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <map>

#include "keystore/store/database_backup.h"
#include "keystore/vault/durable_file.h"
#include "protocol/base/errno_text.h"

namespace signet {
namespace {

namespace fs = std::filesystem;
constexpr size_t kVaultFileMax = 64 * 1024;

std::unexpected<StoreError> failed(std::string text) {
  return std::unexpected(StoreError{StoreErrorKind::kUnavailable, std::move(text)});
}

bool make_directory(const fs::path& path) { return ::mkdir(path.c_str(), 0700) == 0 || errno == EEXIST; }

// What a backup that was cut off left behind is of no use, and in nobody's list.
std::expected<void, StoreError> remove_unfinished(const fs::path& directory) {
  const auto reader = store::BackupReader::open(directory.string());
  if (!reader) return {};  // there is none yet
  const auto finished = manifest_numbers(directory);
  std::vector<uint32_t> unfinished;
  for (const uint32_t number : (*reader)->numbers()) {
    if (std::ranges::find(finished, number) == finished.end()) unfinished.push_back(number);
  }
  if (unfinished.empty()) return {};
  auto writer = store::BackupWriter::open(directory.string());
  if (!writer) return failed(fmt::format("{}: {}", directory.string(), writer.error().text));
  for (const uint32_t number : unfinished) {
    if (auto removed = (*writer)->remove(number); !removed) {
      return failed(fmt::format("{}: {}", directory.string(), removed.error().text));
    }
  }
  return {};
}

// The manifest first: without it the backup is not there for anybody.
std::expected<void, StoreError> remove_old(const fs::path& directory, uint32_t keep) {
  auto numbers = manifest_numbers(directory);
  if (keep == 0 || numbers.size() <= keep) return {};
  numbers.resize(numbers.size() - keep);
  auto writer = store::BackupWriter::open(directory.string());
  if (!writer) return failed(fmt::format("{}: {}", directory.string(), writer.error().text));
  for (const uint32_t number : numbers) {
    std::error_code error;
    fs::remove(manifest_path(directory, number), error);
    const auto removed = (*writer)->remove(number);
    if (error || !removed) {
      return failed(
          fmt::format("{}: the old backup {} cannot be removed; the new one is complete", directory.string(), number));
    }
  }
  return {};
}

// Tables are shared among backups and never change: those of the last backup need not be read again. One that this
// root key did not seal is not believed.
class KnownFiles {
 public:
  KnownFiles(const fs::path& directory, const Vault& vault) {
    const auto numbers = manifest_numbers(directory);
    if (numbers.empty()) return;
    auto last = read_manifest_file(directory, numbers.back());
    if (!last || !manifest_is_authentic(*last, vault)) return;
    for (BackupFile& file : last->manifest.files) files_.emplace(file.name, std::move(file));
  }
  const BackupFile* find(const std::string& name, uint64_t size) const {
    const auto found = files_.find(name);
    const bool shared = name.starts_with("shared_checksum/");
    return shared && found != files_.end() && found->second.size == size ? &found->second : nullptr;
  }

 private:
  std::map<std::string, BackupFile> files_;
};

std::expected<void, StoreError> hash_files(const BackupOrder& order, const store::BackupReader& reader,
                                           const Vault& vault, BackupManifest& manifest) {
  const fs::path& directory = order.directory;
  auto files = reader.files(manifest.number);
  if (!files) return failed(fmt::format("{}: {}", directory.string(), files.error().text));
  // How the files belong together.
  files->push_back({fmt::format("meta/{}", manifest.number), 0});
  const KnownFiles known(directory, vault);
  for (const auto& file : *files) {
    if (const BackupFile* before = known.find(file.name, file.size)) {
      manifest.files.push_back(*before);
      continue;
    }
    auto hashed = hash_file(directory, file.name, [&](size_t) { return !order.stopped(); });
    if (!hashed) return failed(fmt::format("{}/{}: {}", directory.string(), file.name, errno_text(errno)));
    manifest.files.push_back(std::move(*hashed));
  }
  return {};
}

template <size_t kSize>
bool copy_id(const std::string& from, std::array<uint8_t, kSize>& to) {
  if (from.size() != kSize) return false;
  std::ranges::copy(from, to.begin());
  return true;
}

std::expected<void, StoreError> describe_store(const fs::path& directory, const store::BackupReader& reader,
                                               BackupManifest& manifest) {
  const auto store = reader.store(manifest.number);
  if (!store) return failed(fmt::format("{}: {}", directory.string(), store.error().text));
  if (!copy_id(store->vault_id, manifest.vault_id) || !copy_id(store->store_id, manifest.store_id)) {
    return failed(fmt::format("{}: the backup names no vault", directory.string()));
  }
  manifest.commit = store->state.commit;
  manifest.chain_hash = store->state.chain_hash;
  manifest.audit_sequence = store->state.audit_sequence;
  manifest.audit_hash = store->state.audit_hash;
  return {};
}

std::expected<void, StoreError> write_manifest(const fs::path& directory, const BackupManifest& manifest,
                                               const Vault& vault) {
  const auto text = seal_manifest(manifest, vault);
  if (!text) return failed(std::string(vault_error_text(text.error())));
  const fs::path path = manifest_path(directory, manifest.number);
  if (!create_durable_file(path, as_bytes(*text))) return failed(fmt::format("{} cannot be written", path.string()));
  return {};
}

}  // namespace

std::expected<void, std::string> check_backup_directory(const BackupOrder& order, const VaultId& vault) {
  const std::string name = order.directory.string();
  const auto refused = [&](std::string_view why) { return std::unexpected(fmt::format("{}: {}", name, why)); };
  if (!order.directory.is_absolute()) return refused("expected an absolute path");
  std::error_code error;
  const fs::path full = fs::weakly_canonical(order.directory, error);
  const fs::path data = fs::weakly_canonical(order.data_dir, error);
  if (std::mismatch(data.begin(), data.end(), full.begin(), full.end()).first == data.end()) {
    return refused("is in the data directory, and would be lost with it: choose another disk");
  }
  if (!fs::exists(full, error)) return {};
  if (!fs::is_directory(full, error)) return refused("is no directory");
  const bool empty = fs::is_empty(full, error);
  if (error) return refused(error.message());
  if (!empty && !fs::is_directory(full / "signet", error)) {
    return refused("is not empty and holds no backup: choose an empty directory");
  }
  for (const uint32_t number : manifest_numbers(full)) {
    const auto sealed = read_manifest_file(full, number);
    if (!sealed) return std::unexpected(sealed.error());
    if (sealed->manifest.vault_id != vault) return refused("holds backups of another vault: choose another directory");
  }
  return {};
}

std::expected<BackupManifest, StoreError> create_backup(const BackupOrder& order, Store& store, const Vault& vault) {
  if (!make_directory(order.directory) || !make_directory(order.directory / "signet")) {
    return failed(fmt::format("{}: cannot be made: {}: its parent must exist and be writable for the daemon",
                              order.directory.string(), errno_text(errno)));
  }
  if (auto removed = remove_unfinished(order.directory); !removed) return std::unexpected(removed.error());
  auto vault_file = read_small_file(order.data_dir / "vault", kVaultFileMax);
  if (!vault_file) return failed(fmt::format("{}/vault cannot be read", order.data_dir.string()));
  const auto made = store.back_up({.directory = order.directory.string(), .progress = order.progress});
  if (!made) return std::unexpected(made.error());
  const auto reader = store::BackupReader::open(order.directory.string());
  if (!reader) return failed(fmt::format("{}: {}", order.directory.string(), reader.error().text));
  const ByteSpan octets = vault_file->bytes.expose();
  BackupManifest manifest{.number = made->number,
                          .created_at = static_cast<UnixSeconds>(::time(nullptr)),
                          .version = order.version,
                          .vault_file = {octets.begin(), octets.end()}};
  if (auto done = describe_store(order.directory, **reader, manifest); !done) return std::unexpected(done.error());
  if (auto done = hash_files(order, **reader, vault, manifest); !done) return std::unexpected(done.error());
  if (auto done = write_manifest(order.directory, manifest, vault); !done) return std::unexpected(done.error());
  if (auto done = remove_old(order.directory, order.keep); !done) return std::unexpected(done.error());
  return manifest;
}

}  // namespace signet
