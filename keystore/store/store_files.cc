#include "keystore/store/store_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "keystore/store/keys.h"
#include "keystore/store/open_failure.h"
#include "keystore/store/random_epoch.h"
#include "keystore/store/records.h"
#include "keystore/store/rows.h"
#include "protocol/base/bytes.h"
#include "protocol/base/random.h"

namespace signet::store {
namespace {

namespace fs = std::filesystem;

struct Paths {
  explicit Paths(const std::string& at)
      : data(at), store(at + "/store"), unfinished(at + "/store.new"), mark(at + "/mark") {}
  const std::string data;
  const std::string store;
  const std::string unfinished;  // a store being made: nothing in it was ever acknowledged
  const std::string mark;
};

bool exists(const std::string& path) {
  std::error_code error;
  return fs::symlink_status(path, error).type() != fs::file_type::not_found;
}

std::string version_row(const StoreOptions& options, const StoreId& store_id, UnixSeconds now) {
  records::VersionRow row;
  row.set_format(kFormatVersion);
  row.set_vault_id(options.vault_id.data(), options.vault_id.size());
  row.set_store_id(store_id.data(), store_id.size());
  row.set_created_at_s(now);
  return row.SerializeAsString();
}

// The first commit: version, default tenant, state.
std::expected<MarkValue, DatabaseError> write_first_commit(Database& database, const StoreOptions& options,
                                                           Clock& clock) {
  MarkValue mark;
  fill_random(mark.store_id);
  const UnixMs now_ms = clock.wall_ms();
  CommitState state;
  state.commit = 1;
  state.next_tenant = 1;
  state.feed_epoch = random_feed_epoch();
  state.time = {now_ms, now_ms, clock.uptime_ms(), clock.boot_id(), 0};
  Batch batch(database);
  batch.put(Family::kMeta, row_key(kNoTenant, kVersionName), version_row(options, mark.store_id, now_ms / 1000));
  const TenantRow tenant{.number = 0, .name = "default", .created_at = now_ms / 1000};
  batch.put(Family::kTenants, tenant_key(0), encode_tenant(tenant));
  batch.put(Family::kTenants, tenant_name_key(tenant.name), encode_tenant_number(0));
  state.chain_hash = next_chain_hash(state.chain_hash, state.commit, batch.contents());
  batch.put(Family::kMeta, row_key(kNoTenant, kStateName), encode_state(state));
  batch.put(Family::kCommits, commit_key(state.commit), encode_commit(state.commit, state.chain_hash));
  if (auto written = database.write(batch); !written) return std::unexpected(written.error());
  mark.commit = state.commit;
  mark.chain_hash = state.chain_hash;
  return mark;
}

// Made aside and renamed when complete: a crash leaves either nothing that counts, or a whole store with its mark.
std::expected<void, StoreOpenFailure> create_files(const StoreOptions& options, const RocksStoreSeams& seams,
                                                   const Paths& paths, const DirectoryLock& lock) {
  std::error_code error;
  fs::remove_all(paths.unfinished, error);
  if (mkdir(paths.unfinished.c_str(), 0700) != 0) return io_failed(paths.unfinished + " cannot be made");
  MarkValue first;
  {
    auto database = Database::open({.path = paths.unfinished, .create = true, .env = seams.env});
    if (!database) return failure_of(paths.data, database.error());
    const auto written =
        write_first_commit(**database, options, seams.clock != nullptr ? *seams.clock : system_clock());
    if (!written) return failure_of(paths.data, written.error());
    first = *written;
  }
  const auto mark = Mark::create(paths.mark, first);
  if (!mark) return failure_of(paths.data, mark.error());
  if (rename(paths.unfinished.c_str(), paths.store.c_str()) != 0 || !lock.sync_names()) {
    return io_failed(paths.store + " cannot be made");
  }
  return {};
}

// Nothing is there, or only what a creation that was cut short left behind.
bool may_create(const Paths& paths) {
  if (exists(paths.store)) return false;
  if (!exists(paths.mark)) return true;
  const auto mark = Mark::open(paths.mark);
  const bool cut_short = exists(paths.unfinished) && (!mark || (*mark)->value().commit <= 1);
  return cut_short && std::remove(paths.mark.c_str()) == 0;
}

// What `mark` says of the store is still in it; otherwise how that is to be told.
struct MarkFailures {
  std::function<std::unexpected<StoreOpenFailure>(uint64_t found)> behind;
  std::function<std::unexpected<StoreOpenFailure>()> disagrees;
};

std::expected<CommitState, StoreOpenFailure> check_against_mark(const Database& database, const std::string& data,
                                                                const MarkValue& mark, const MarkFailures& failures) {
  const auto state_value = database.get(Family::kMeta, row_key(kNoTenant, kStateName));
  if (!state_value) return failure_of(data, state_value.error());
  const auto state = *state_value ? decode_state(**state_value) : std::nullopt;
  if (!state) return damaged(data, "the state row is missing or cannot be read");
  if (state->commit < mark.commit) return failures.behind(state->commit);
  const auto commit_value = database.get(Family::kCommits, commit_key(mark.commit));
  if (!commit_value) return failure_of(data, commit_value.error());
  const auto commit = *commit_value ? decode_commit(**commit_value) : std::nullopt;
  if (!commit || commit->commit != mark.commit || commit->chain_hash != mark.chain_hash) {
    return failures.disagrees();
  }
  return *state;
}

// The checks that change nothing: version, vault, mark.
std::expected<CommitState, StoreOpenFailure> check_files(const Database& database, const StoreOptions& options,
                                                         const MarkValue& mark) {
  const auto value = database.get(Family::kMeta, row_key(kNoTenant, kVersionName));
  if (!value) return failure_of(options.path, value.error());
  records::VersionRow version;
  if (!*value || !version.ParseFromString(**value)) {
    return damaged(options.path, "the version row is missing or cannot be read");
  }
  if (version.format() != kFormatVersion) return other_version(options.path, version.format(), kFormatVersion);
  if (version.vault_id() != as_text(options.vault_id)) return other_vault(options.path);
  if (version.store_id() != as_text(mark.store_id)) return disagrees_with_mark(options.path, mark.commit);
  return check_against_mark(database, options.path, mark,
                            {.behind = [&](uint64_t found) { return behind_mark(options.path, found, mark.commit); },
                             .disagrees = [&] { return disagrees_with_mark(options.path, mark.commit); }});
}

// The second mark, if one is configured; null when it is to be made.
std::expected<std::unique_ptr<Mark>, StoreOpenFailure> check_anchor(const Database& database,
                                                                    const StoreOptions& options, const MarkValue& mark,
                                                                    const CommitState& state) {
  const std::string& path = options.rollback_anchor;
  auto anchor = Mark::open(path);
  if (!anchor && anchor.error() == MarkError::kMissing && !state.anchored) return nullptr;
  if (!anchor) return anchor_failure_of(path, anchor.error());
  const MarkValue& value = (*anchor)->value();
  if (value.store_id != mark.store_id) return anchor_of_another_store(options.path, path);
  const auto agrees = check_against_mark(
      database, options.path, value,
      {.behind = [&](uint64_t found) { return behind_anchor(options.path, path, found, value.commit); },
       .disagrees = [&] { return disagrees_with_anchor(options.path, path, value.commit); }});
  if (!agrees) return std::unexpected(agrees.error());
  return std::move(*anchor);
}

// Made when the store is first opened with one; durable before anything is committed.
std::expected<std::unique_ptr<Mark>, StoreOpenFailure> make_anchor(const std::string& path, const MarkValue& mark,
                                                                   const CommitState& state) {
  auto anchor = Mark::create(path, {mark.store_id, state.commit, state.chain_hash});
  if (!anchor) return io_failed(path + " (rollback_anchor) cannot be made");
  return std::move(*anchor);
}

void make_data_directory(const std::string& data) {
  std::error_code error;
  auto full = fs::absolute(data, error).lexically_normal();
  if (!full.has_filename()) full = full.parent_path();  // written with a slash at its end
  const auto parent = full.parent_path();
  fs::create_directories(parent, error);
  if (mkdir(full.c_str(), 0700) != 0) return;  // taking the lock tells why
  const int fd = ::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  fsync(fd);  // the name of the new directory; what is in it is synced where it is made
  close(fd);
}

std::expected<DirectoryLock, StoreOpenFailure> lock_data(const StoreOptions& options) {
  if (options.create && !exists(options.path)) make_data_directory(options.path);
  auto lock = DirectoryLock::take(options.path);
  if (lock) return std::move(*lock);
  if (lock.error() == DirectoryLockError::kMissing) return not_found(options.path);
  if (lock.error() == DirectoryLockError::kInUse) return in_use(options.path);
  return io_failed(options.path + " cannot be locked");
}

}  // namespace

std::expected<StoreFiles, StoreOpenFailure> open_store_files(const StoreOptions& options, const RocksStoreSeams& seams,
                                                             std::function<void(const std::string&)> on_error) {
  const Paths paths(options.path);
  auto lock = lock_data(options);
  if (!lock) return std::unexpected(lock.error());
  if (!exists(paths.store)) {
    if (options.create && may_create(paths)) {
      if (auto created = create_files(options, seams, paths, *lock); !created) {
        return std::unexpected(created.error());
      }
    } else if (const auto mark = Mark::open(paths.mark); mark) {
      return store_gone(options.path, (*mark)->value().commit);
    } else {
      return not_found(options.path);
    }
  }
  auto mark = Mark::open(paths.mark);
  if (!mark) return failure_of(options.path, mark.error());
  std::unique_ptr<Mark> anchor;
  {
    const auto checked = Database::open_read_only(paths.store, seams.env);
    if (!checked) return failure_of(options.path, checked.error());
    const auto state = check_files(**checked, options, (*mark)->value());
    if (!state) return std::unexpected(state.error());
    if (!options.rollback_anchor.empty()) {
      auto found = check_anchor(**checked, options, (*mark)->value(), *state);
      if (!found) return std::unexpected(found.error());
      anchor = std::move(*found);
    }
  }
  auto database = Database::open({.path = paths.store, .env = seams.env, .on_background_error = std::move(on_error)});
  if (!database) return failure_of(options.path, database.error());
  auto state = check_files(**database, options, (*mark)->value());
  if (!state) return std::unexpected(state.error());
  // A store of an earlier version: durable with its next commit. Followers that saw it before start anew.
  if (state->feed_epoch == 0) state->feed_epoch = random_feed_epoch();
  if (!options.rollback_anchor.empty() && anchor == nullptr) {
    auto made = make_anchor(options.rollback_anchor, (*mark)->value(), *state);
    if (!made) return std::unexpected(made.error());
    anchor = std::move(*made);
  }
  state->anchored = anchor != nullptr;  // durable with the next commit
  return StoreFiles{std::move(*lock), std::move(*mark), std::move(anchor), std::move(*database), std::move(*state)};
}

}  // namespace signet::store
