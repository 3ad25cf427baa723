#include "keystore/restore/backup_restore.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <future>

#include "keystore/restore/restore_check.h"
#include "keystore/revocation/revocation_index.h"
#include "keystore/snapshot/quiescence.h"
#include "keystore/store/mark.h"
#include "keystore/vault/durable_file.h"
#include "protocol/base/errno_text.h"

namespace signet {
namespace {

namespace fs = std::filesystem;
using Failure = std::unexpected<std::string>;
using Result = std::expected<void, std::string>;

struct Owner {
  uid_t user = ::getuid();
  gid_t group = ::getgid();
};

// DATA must not hold anything that could be lost.
std::expected<Owner, std::string> check_target(const fs::path& data) {
  Owner owner;
  struct stat status{};
  if (::lstat(data.c_str(), &status) != 0) {
    if (errno == ENOENT) return owner;
    return Failure(fmt::format("{}: {}", data.string(), errno_text(errno)));
  }
  std::error_code error;
  if (!S_ISDIR(status.st_mode)) return Failure(fmt::format("{}: is no directory", data.string()));
  if (!fs::is_empty(data, error) || error) {
    return Failure(fmt::format("{}: is not empty: a restore never replaces anything. Move it away, or name another one",
                               data.string()));
  }
  owner.user = status.st_uid;
  owner.group = status.st_gid;
  return owner;
}

Result sync_directory(const fs::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = fd >= 0 && ::fsync(fd) == 0;
  if (fd >= 0) ::close(fd);
  if (synced) return {};
  return Failure(fmt::format("{}: cannot be synced: {}", path.string(), errno_text(errno)));
}

// The directory that becomes DATA; removed unless it did.
class Unfinished {
 public:
  explicit Unfinished(fs::path path) : path_(std::move(path)) {}
  ~Unfinished() {
    std::error_code error;
    if (!done_) fs::remove_all(path_, error);
  }
  Unfinished(const Unfinished&) = delete;
  Unfinished& operator=(const Unfinished&) = delete;

  const fs::path& path() const { return path_; }
  Result make() const {
    std::error_code error;
    fs::remove_all(path_, error);  // of a restore that was cut off
    if (::mkdir(path_.c_str(), 0700) == 0) return {};
    return Failure(fmt::format("{}: cannot be made: {}", path_.string(), errno_text(errno)));
  }
  Result give(const Owner& owner) const {
    std::error_code error;
    if (::lchown(path_.c_str(), owner.user, owner.group) != 0) return not_given();
    for (fs::recursive_directory_iterator at(path_, error), end; !error && at != end; at.increment(error)) {
      const mode_t mode = at->is_directory() ? 0700 : 0600;
      if (::chmod(at->path().c_str(), mode) != 0) return not_given();
      if (::lchown(at->path().c_str(), owner.user, owner.group) != 0) return not_given();
    }
    return {};
  }
  Result rename_to(const fs::path& data) {
    if (auto synced = sync_directory(path_); !synced) return synced;
    if (::rename(path_.c_str(), data.c_str()) != 0) {
      const bool mounted = errno == EBUSY || errno == EXDEV;
      return Failure(fmt::format("{}: cannot be put in place: {}{}", data.string(), errno_text(errno),
                                 mounted ? ": it is where a disk is mounted; name a directory within it" : ""));
    }
    done_ = true;
    const fs::path parent = data.parent_path();
    return sync_directory(parent.empty() ? fs::path(".") : parent);
  }

 private:
  Result not_given() const {
    return Failure(fmt::format("{}: cannot be given to its owner: {}", path_.string(), errno_text(errno)));
  }
  const fs::path path_;
  bool done_ = false;
};

Result write_mark(const fs::path& data, const BackupManifest& manifest) {
  const auto mark =
      store::Mark::create((data / "mark").string(), {manifest.store_id, manifest.commit, manifest.chain_hash});
  if (mark) return {};
  return Failure(fmt::format("{}/mark: cannot be made: {}", data.string(), errno_text(errno)));
}

// Opens everything that is sealed, and ends what must not live on.
std::expected<RestorePoint, std::string> finish(const RestoreOrder& order, const fs::path& data, const Vault& vault,
                                                std::vector<std::string>& signing_keys) {
  QuiescentDomain domain;
  RevocationIndex revocations(domain);
  RestoreCheck check(vault, revocations);
  StoreOptions options;
  options.path = data.string();
  options.vault_id = vault.id();
  options.revocations = &revocations;
  auto opened = open_rocks_store(options, check);
  if (!opened) return Failure(std::move(opened.error().text));
  const auto& store = *opened;
  if (!check.fault().empty()) return Failure(fmt::format("the backup cannot be used: {}", check.fault()));
  signing_keys = check.signing_keys();
  std::promise<std::expected<RestorePoint, StoreError>> promise;
  auto result = promise.get_future();
  store->finish_restore(order.actor, order.rules, [&promise](std::expected<RestorePoint, StoreError> done) {
    promise.set_value(std::move(done));
  });
  auto done = result.get();
  store->close();
  if (!done) return Failure(fmt::format("{}: {}", data.string(), done.error().text));
  return *std::move(done);
}

}  // namespace

std::expected<std::unique_ptr<Vault>, std::string> open_backup_vault(const SealedManifest& sealed,
                                                                     const fs::path& scratch,
                                                                     const SlotSecret& secret) {
  if (!create_durable_file(scratch / "vault", sealed.manifest.vault_file)) {
    return Failure(fmt::format("{}/vault: cannot be written", scratch.string()));
  }
  auto vault = Vault::open(scratch, secret);
  if (!vault) {
    return Failure(fmt::format("the vault of backup {}: {}", sealed.manifest.number, vault_error_text(vault.error())));
  }
  if ((*vault)->id() != sealed.manifest.vault_id || !manifest_is_authentic(sealed, **vault)) {
    return Failure(
        fmt::format("backup {} was changed since it was made, or was put together from several: do not use "
                    "it, and find out who can write to it",
                    sealed.manifest.number));
  }
  return std::move(*vault);
}

std::expected<RestoredBackup, std::string> restore_backup(const RestoreOrder& order) {
  const auto owner = check_target(order.data_dir);
  if (!owner) return Failure(owner.error());
  const auto backups = BackupDirectory::open(order.directory);
  if (!backups) return Failure(backups.error());
  auto sealed = (*backups)->manifest(order.number);
  if (!sealed) return Failure(sealed.error());
  const auto secret = order.secret(sealed->manifest.vault_id);
  if (!secret) return Failure(secret.error());
  Unfinished unfinished(order.data_dir.string() + ".restoring");
  if (auto made = unfinished.make(); !made) return Failure(made.error());
  const auto vault = open_backup_vault(*sealed, unfinished.path(), *secret);
  if (!vault) return Failure(vault.error());
  if (auto checked = (*backups)->check(sealed->manifest, order.progress); !checked) return Failure(checked.error());
  if (auto copied = (*backups)->restore(sealed->manifest, unfinished.path() / "store"); !copied) {
    return Failure(copied.error());
  }
  if (auto marked = write_mark(unfinished.path(), sealed->manifest); !marked) return Failure(marked.error());
  RestoredBackup restored;
  auto point = finish(order, unfinished.path(), **vault, restored.signing_keys);
  if (!point) return Failure(point.error());
  if (auto given = unfinished.give(*owner); !given) return Failure(given.error());
  if (auto renamed = unfinished.rename_to(order.data_dir); !renamed) return Failure(renamed.error());
  restored.manifest = std::move(sealed->manifest);
  restored.point = *std::move(point);
  return restored;
}

}  // namespace signet
