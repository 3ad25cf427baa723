#include "keystore/store/open_failure.h"

#include <fmt/format.h>

#include <cerrno>

#include "protocol/base/errno_text.h"

namespace signet::store {

std::unexpected<StoreOpenFailure> open_failure(StoreOpenError kind, std::string text) {
  return std::unexpected(StoreOpenFailure{kind, std::move(text)});
}

std::unexpected<StoreOpenFailure> not_found(const std::string& data) {
  return open_failure(StoreOpenError::kNotFound,
                      fmt::format("there is no store in {0}: check the path, or let the store be created", data));
}

std::unexpected<StoreOpenFailure> in_use(const std::string& data) {
  return open_failure(
      StoreOpenError::kInUse,
      fmt::format("{} is in use by another process: stop that one, or use another data directory", data));
}

std::unexpected<StoreOpenFailure> other_version(const std::string& data, uint32_t found, uint32_t known) {
  return open_failure(StoreOpenError::kOtherVersion,
                      fmt::format("{}/store has format {}, this program knows format {}: use the version of the "
                                  "program that wrote it, nothing was changed",
                                  data, found, known));
}

std::unexpected<StoreOpenFailure> other_vault(const std::string& data) {
  return open_failure(StoreOpenError::kOtherVault,
                      fmt::format("{0}/store belongs to another vault than {0}/vault: put back the vault file that "
                                  "belongs to it, or restore both from one backup",
                                  data));
}

std::unexpected<StoreOpenFailure> store_gone(const std::string& data, uint64_t marked) {
  return open_failure(StoreOpenError::kBehindMark,
                      fmt::format("{0}/store is missing, but {0}/mark says that {1} commits were acknowledged: put the "
                                  "store back, or restore the whole directory from a backup",
                                  data, marked));
}

std::unexpected<StoreOpenFailure> behind_mark(const std::string& data, uint64_t found, uint64_t marked) {
  return open_failure(StoreOpenError::kBehindMark,
                      fmt::format("{0}/store ends at commit {1}, but commit {2} was acknowledged ({0}/mark): it was "
                                  "rolled back or lost writes. Put the newer store back, or restore store and mark "
                                  "together from one backup. What was revoked after commit {1} would be valid again",
                                  data, found, marked));
}

std::unexpected<StoreOpenFailure> disagrees_with_mark(const std::string& data, uint64_t marked) {
  return open_failure(StoreOpenError::kBehindMark,
                      fmt::format("{0}/store and {0}/mark disagree about commit {1}: one of them comes from another "
                                  "place or time. Put back the two that belong together",
                                  data, marked));
}

std::unexpected<StoreOpenFailure> failure_of(const std::string& data, MarkError error) {
  switch (error) {
    case MarkError::kMissing:
      return open_failure(StoreOpenError::kMarkMissing,
                          fmt::format("{0}/mark is missing although {0}/store is there: without it a rolled-back store "
                                      "cannot be told from a good one. Put it back, or restore the whole directory "
                                      "from a backup",
                                      data));
    case MarkError::kDamaged:
      return open_failure(StoreOpenError::kMarkDamaged,
                          fmt::format("{0}/mark is damaged: restore the whole directory from a backup, and check the "
                                      "disk",
                                      data));
    case MarkError::kIo:
      break;
  }
  return io_failed(data + "/mark cannot be read or written");
}

std::unexpected<StoreOpenFailure> anchor_failure_of(const std::string& anchor, MarkError error) {
  constexpr std::string_view kWayOut =
      "Put it back. If it is lost, make sure that nobody put an older copy of the data directory in place, start once "
      "without rollback_anchor, and set it again";
  switch (error) {
    case MarkError::kMissing:
      return open_failure(
          StoreOpenError::kAnchor,
          fmt::format("{} (rollback_anchor) is missing, although this store had one. {}", anchor, kWayOut));
    case MarkError::kDamaged:
      return open_failure(
          StoreOpenError::kAnchor,
          fmt::format("{} (rollback_anchor) is damaged. {}; then remove the damaged one", anchor, kWayOut));
    case MarkError::kIo:
      break;
  }
  return io_failed(anchor + " (rollback_anchor) cannot be read or written");
}

std::unexpected<StoreOpenFailure> anchor_of_another_store(const std::string& data, const std::string& anchor) {
  return open_failure(StoreOpenError::kAnchor,
                      fmt::format("{1} (rollback_anchor) belongs to another store than {0}: each data directory needs "
                                  "one of its own",
                                  data, anchor));
}

std::unexpected<StoreOpenFailure> behind_anchor(const std::string& data, const std::string& anchor, uint64_t found,
                                                uint64_t marked) {
  return open_failure(StoreOpenError::kAnchor,
                      fmt::format("{0} ends at commit {2}, but commit {3} was acknowledged ({1}, rollback_anchor): the "
                                  "whole directory is an older copy. What was revoked since would be valid again. Put "
                                  "the newer directory back, or restore a backup with signetctl backup restore "
                                  "--replace-anchor, which ends what it must not revive",
                                  data, anchor, found, marked));
}

std::unexpected<StoreOpenFailure> disagrees_with_anchor(const std::string& data, const std::string& anchor,
                                                        uint64_t marked) {
  return open_failure(StoreOpenError::kAnchor,
                      fmt::format("{0} and {1} (rollback_anchor) disagree about commit {2}: the directory went another "
                                  "way since, or ran for long without its anchor. Put back the directory that belongs "
                                  "to it; if this is the right one, start once without rollback_anchor, remove {1}, "
                                  "and set it again",
                                  data, anchor, marked));
}

std::unexpected<StoreOpenFailure> failure_of(const std::string& data, const DatabaseError& error) {
  switch (error.kind) {
    case DatabaseErrorKind::kInUse:
      return in_use(data);
    case DatabaseErrorKind::kDamaged:
    case DatabaseErrorKind::kNotFound:  // a file of the store is gone
      return damaged(data, error.text);
    case DatabaseErrorKind::kOtherFamilies:
      return open_failure(StoreOpenError::kOtherVersion,
                          fmt::format("{}/store has other column families than this version writes: use the version of "
                                      "the program that wrote it ({})",
                                      data, error.text));
    case DatabaseErrorKind::kNoSpace:
      return open_failure(StoreOpenError::kIo,
                          fmt::format("no space is left for {}/store: make room and start again", data));
    case DatabaseErrorKind::kIo:
      break;
  }
  return open_failure(StoreOpenError::kIo, fmt::format("{}/store cannot be opened: {}", data, error.text));
}

std::unexpected<StoreOpenFailure> damaged(const std::string& data, const std::string& what) {
  return open_failure(StoreOpenError::kDamaged,
                      fmt::format("{}/store is damaged ({}): restore the whole directory from a backup, and check the "
                                  "disk. Nothing was changed",
                                  data, what));
}

std::unexpected<StoreOpenFailure> io_failed(const std::string& what) {
  return open_failure(StoreOpenError::kIo, fmt::format("{}: {}", what, errno_text(errno)));
}

}  // namespace signet::store
