// signetctl backup restore: a data directory out of a backup, without a daemon.
#include "keystore/restore/backup_restore.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>

#include "keystore/store/mark.h"
#include "protocol/base/time_text.h"
#include "tools/ctl/backup/backup_text.h"
#include "tools/ctl/backup/offline_secret.h"
#include "tools/ctl/commands.h"
#include "tools/ctl/import/progress.h"
#include "tools/ctl/json_text.h"

namespace signet::ctl {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string directory;
  std::optional<std::string> number, replace_anchor;
  OfflineSecret secret;
  bool revive_tokens = false, revive_families = false, yes = false;

  void bind(Arguments& arguments) {
    arguments.positional("DIR", directory, "Directory of the backups");
    arguments.option("--backup", "N", number, "This one, instead of the last");
    secret.bind(arguments);
    arguments.flag("--revive-tokens", revive_tokens,
                   "Let access tokens of before live on, those too that were revoked after the backup");
    arguments.flag("--revive-families", revive_families,
                   "Let refresh tokens and API tokens of before live on, those too that were ended after the backup");
    arguments.option("--replace-anchor", "PATH", replace_anchor,
                     "Remove this second mark (rollback_anchor), which knows of later commits");
    arguments.flag("--yes", yes, "Do not ask");
  }
};

// Nothing but a mark is ever removed.
std::expected<void, Failure> check_anchor(const std::string& path) {
  std::error_code error;
  if (!fs::exists(path, error)) return {};
  const auto mark = store::Mark::open(path);
  if (mark) return {};
  return std::unexpected(Failure{fmt::format("{}: is no mark of a store: see rollback_anchor", path)});
}

void tell(Call& call, const Options& options, const RestoredBackup& restored, const std::string& data) {
  const BackupManifest& manifest = restored.manifest;
  if (call.json()) {
    call.print_json(compose_json([&](JsonWriter& to) {
      to.begin_object();
      to.member_integer("number", manifest.number);
      to.member("made_at", rfc3339(manifest.created_at));
      to.key("commit"), to.unsigned_integer(manifest.commit);
      to.member_integer("issued_before_ms", options.revive_tokens ? 0 : restored.point.at_ms);
      to.member_integer("families_ended_ms", restored.point.families_ended_ms);
      to.member_integer("api_tokens_suspended_ms", restored.point.api_tokens_suspended_ms);
      to.key("signing_keys");
      to.begin_array();
      for (const std::string& kid : restored.signing_keys) to.string(kid);
      to.end_array();
      to.end_object();
    }));
    return;
  }
  call.note(fmt::format("{} holds backup {}, made at {}", data, manifest.number, rfc3339(manifest.created_at)));
  call.note(options.revive_tokens ? "Access tokens of before live on, revoked or not (--revive-tokens)."
                                  : "Every access token of before is revoked.");
  call.note(options.revive_families
                ? "Refresh families and API tokens of before live on, ended or not (--revive-families)."
                : "Every refresh family of before is ended. API tokens are suspended: look them through with signetctl "
                  "api-key list, then signetctl backup accept.");
  call.note(
      "As they were then: clients and what they may, keys and their states. What was disabled, narrowed or removed "
      "since, do again before you serve.");
  for (const std::string& kid : restored.signing_keys) {
    call.note(
        fmt::format("  key {} signs again. If it was given up as compromised since: signetctl key rotate "
                    "--compromised {}",
                    kid, kid));
  }
}

}  // namespace

Outcome backup_restore(Call& call) {
  Arguments arguments = call.new_arguments();
  Options options;
  options.bind(arguments);
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  if (!call.globals().data_dir) {
    return std::unexpected(usage_failure("--data-dir: say where the data directory is to be; absent or empty"));
  }
  if (auto fault = options.secret.fault()) return std::unexpected(*fault);
  const auto number = options.number ? backup_number(*options.number) : std::optional<uint32_t>(0);
  if (!number || (options.number && *number == 0)) return std::unexpected(usage_failure("--backup: expected a number"));
  if (options.replace_anchor) {
    if (auto checked = check_anchor(*options.replace_anchor); !checked) return std::unexpected(checked.error());
  }
  const bool revives = options.revive_tokens || options.revive_families;
  if (revives && !options.yes && !call.confirm("What was revoked after the backup will be valid again. Go on?")) {
    return std::unexpected(Failure{"nothing was restored"});
  }
  auto data = fs::absolute(*call.globals().data_dir).lexically_normal();
  if (!data.has_filename()) data = data.parent_path();
  std::optional<Progress> progress;
  RestoreOrder order{
      .directory = options.directory,
      .number = *number,
      .data_dir = data,
      .secret = [&](const VaultId& vault) { return options.secret.read(call, vault); },
      .rules = {.revive_tokens = options.revive_tokens, .revive_families = options.revive_families},
      .actor = {.uid = static_cast<uint32_t>(::getuid()), .pid = static_cast<uint32_t>(::getpid()), .via = "offline"},
      .progress =
          [&](uint64_t done, uint64_t all) {
            if (!progress) progress.emplace(call.streams().err, all);
            progress->update(done);
          }};
  const auto restored = restore_backup(order);
  if (progress) progress->clear();
  if (!restored) return std::unexpected(Failure{restored.error()});
  if (options.replace_anchor) {
    std::error_code error;
    fs::remove(*options.replace_anchor, error);
    if (error)
      return std::unexpected(
          Failure{fmt::format("{}: cannot be removed, and the daemon will refuse to start "
                              "with it: {}",
                              *options.replace_anchor, error.message())});
  }
  tell(call, options, *restored, data.string());
  return {};
}

}  // namespace signet::ctl
