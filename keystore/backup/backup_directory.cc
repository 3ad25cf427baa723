#include "keystore/backup/backup_directory.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <map>

#include "keystore/store/database_backup.h"
#include "keystore/vault/durable_file.h"
#include "protocol/base/errno_text.h"
#include "protocol/base/sha256_stream.h"

namespace signet {
namespace {

namespace fs = std::filesystem;
using Failure = std::unexpected<std::string>;

constexpr size_t kManifestFileMax = size_t{256} << 20;
constexpr size_t kPiece = size_t{64} << 10;  // small, so that a read of it does not hold up a worker

// Closes at the end of its life.
struct File {
  explicit File(const fs::path& path) : fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)) {}
  ~File() {
    if (fd >= 0) ::close(fd);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  const int fd;
};

// The name that a file of the backup has in the store: "shared_checksum/000012_sABC_4096.sst" is 000012.sst, and
// "private/7/CURRENT" is CURRENT. How the files belong together, meta/7, is in no store.
std::string name_in_store(const std::string& name) {
  const fs::path path(name);
  if (name.starts_with("meta/")) return {};
  if (!name.starts_with("shared_checksum/")) return path.filename();
  return path.filename().string().substr(0, path.filename().string().find('_')) + path.extension().string();
}

}  // namespace

fs::path manifest_path(const fs::path& directory, uint32_t number) {
  return directory / "signet" / std::to_string(number);
}

std::vector<uint32_t> manifest_numbers(const fs::path& directory) {
  std::vector<uint32_t> numbers;
  std::error_code error;
  for (fs::directory_iterator at(directory / "signet", error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename();
    uint32_t number = 0;
    const auto [stop, fault] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (fault == std::errc() && stop == name.data() + name.size() && std::to_string(number) == name) {
      numbers.push_back(number);
    }
  }
  std::ranges::sort(numbers);
  return numbers;
}

std::expected<SealedManifest, std::string> read_manifest_file(const fs::path& directory, uint32_t number) {
  const fs::path path = manifest_path(directory, number);
  const auto file = read_small_file(path, kManifestFileMax);
  if (!file) return Failure(fmt::format("{}: cannot be read", path.string()));
  auto sealed = read_manifest(as_text(file->bytes.expose()));
  if (!sealed) return Failure(fmt::format("{}: {}: this backup cannot be used", path.string(), sealed.error()));
  if (sealed->manifest.number != number) return Failure(fmt::format("{}: belongs to another backup", path.string()));
  return sealed;
}

std::optional<BackupFile> hash_file(const fs::path& directory, const std::string& name,
                                    const std::function<bool(size_t)>& seen) {
  const File file(directory / name);
  struct stat status{};
  if (file.fd < 0 || fstat(file.fd, &status) != 0) return std::nullopt;
  if (!S_ISREG(status.st_mode)) {
    errno = EINVAL;
    return std::nullopt;
  }
  Sha256Stream hash;
  std::vector<uint8_t> piece(kPiece);
  BackupFile hashed{.name = name};
  while (true) {
    const ssize_t got = ::read(file.fd, piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::nullopt;
    if (got == 0) break;
    const auto size = static_cast<size_t>(got);
    hash.add({piece.data(), size});
    hashed.size += size;
    if (!seen(size)) {
      errno = ECANCELED;
      return std::nullopt;
    }
  }
  hashed.sha256 = hash.finish();
  return hashed;
}

BackupDirectory::BackupDirectory(fs::path path, std::unique_ptr<store::BackupReader> reader)
    : path_(std::move(path)), reader_(std::move(reader)) {
  const auto complete = reader_->numbers();
  for (const uint32_t number : manifest_numbers(path_)) {
    if (std::ranges::find(complete, number) != complete.end()) numbers_.push_back(number);
  }
}
BackupDirectory::~BackupDirectory() = default;

std::expected<std::unique_ptr<BackupDirectory>, std::string> BackupDirectory::open(const fs::path& path) {
  std::error_code error;
  if (!fs::is_directory(path / "signet", error)) {
    return Failure(fmt::format("{}: there is no backup in it: make one with signetctl backup create", path.string()));
  }
  auto reader = store::BackupReader::open(path.string());
  if (!reader) return Failure(fmt::format("{}: cannot be read: {}", path.string(), reader.error().text));
  return std::unique_ptr<BackupDirectory>(new BackupDirectory(path, std::move(*reader)));
}

std::expected<SealedManifest, std::string> BackupDirectory::manifest(uint32_t number) const {
  if (numbers_.empty()) return Failure(fmt::format("{}: holds no finished backup", path_.string()));
  if (number == 0) number = numbers_.back();
  if (std::ranges::find(numbers_, number) == numbers_.end()) {
    return Failure(fmt::format("{}: there is no backup {}: see signetctl backup list", path_.string(), number));
  }
  return read_manifest_file(path_, number);
}

std::expected<void, std::string> BackupDirectory::check(const BackupManifest& manifest,
                                                        const BackupProgress& progress) const {
  const auto wrong = [&](std::string_view name, std::string_view what) {
    return Failure(fmt::format("{}: {}: {}: this backup cannot be trusted", path_.string(), name, what));
  };
  uint64_t done = 0;
  const uint64_t all = manifest.octets();
  const auto seen = [&](size_t size) {
    done += size;
    if (progress) progress(done, all);
    return true;
  };
  for (const BackupFile& file : manifest.files) {
    const auto found = hash_file(path_, file.name, seen);
    if (!found) return wrong(file.name, errno_text(errno));
    if (found->size != file.size) return wrong(file.name, "has another size than when the backup was made");
    if (found->sha256 != file.sha256) return wrong(file.name, "was changed since the backup was made");
  }
  // Files that the backup has and the manifest does not know would be restored unchecked.
  const auto files = reader_->files(manifest.number);
  if (!files) return wrong("meta", files.error().text);
  for (const auto& file : *files) {
    if (std::ranges::find(manifest.files, file.name, &BackupFile::name) == manifest.files.end()) {
      return wrong(file.name, "belongs to the backup, but not to its manifest");
    }
  }
  const auto store = reader_->store(manifest.number);
  if (!store) return wrong("store", store.error().text);
  const bool same = store->vault_id == as_text(manifest.vault_id) && store->store_id == as_text(manifest.store_id) &&
                    store->state.commit == manifest.commit && store->state.chain_hash == manifest.chain_hash;
  if (!same) return wrong("store", "is not the one that the manifest speaks of");
  return {};
}

std::expected<void, std::string> BackupDirectory::restore(const BackupManifest& manifest, const fs::path& to) const {
  const auto restored = reader_->restore(manifest.number, to.string());
  if (!restored) {
    return Failure(
        fmt::format("backup {} cannot be copied to {}: {}", manifest.number, to.string(), restored.error().text));
  }
  std::map<std::string, const BackupFile*> wanted;
  for (const BackupFile& file : manifest.files) {
    if (std::string name = name_in_store(file.name); !name.empty()) wanted.emplace(std::move(name), &file);
  }
  std::error_code error;
  for (fs::directory_iterator at(to, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename();
    const auto found = wanted.find(name);
    const auto copy = hash_file(to, name, [](size_t) { return true; });
    if (found == wanted.end() || !copy || copy->size != found->second->size || copy->sha256 != found->second->sha256) {
      return Failure(fmt::format("{}: the copy of {} is not what the manifest says", path_.string(), name));
    }
    wanted.erase(found);
  }
  if (error || !wanted.empty()) return Failure(fmt::format("{}: not every file was copied", path_.string()));
  return {};
}

}  // namespace signet
