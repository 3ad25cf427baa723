// signetctl backup list, verify: of a directory, without a daemon.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "keystore/backup/backup_directory.h"
#include "keystore/restore/backup_restore.h"
#include "protocol/base/time_text.h"
#include "tools/ctl/backup/backup_text.h"
#include "tools/ctl/backup/offline_secret.h"
#include "tools/ctl/commands.h"
#include "tools/ctl/import/progress.h"
#include "tools/ctl/json_text.h"
#include "tools/ctl/table.h"

namespace signet::ctl {
namespace {

namespace fs = std::filesystem;

void write_manifest(JsonWriter& to, const BackupManifest& manifest) {
  to.begin_object();
  to.member_integer("number", manifest.number);
  to.member("created_at", rfc3339(manifest.created_at));
  to.member("version", manifest.version);
  to.member("vault_id", fmt::format("{:02x}", fmt::join(manifest.vault_id, "")));
  to.key("commit"), to.unsigned_integer(manifest.commit);
  to.key("audit_sequence"), to.unsigned_integer(manifest.audit_sequence);
  to.key("octets"), to.unsigned_integer(manifest.octets());
  to.member_integer("files", static_cast<int64_t>(manifest.files.size()));
  to.end_object();
}

// A directory of our own in the system's place for such, gone with this.
class Scratch {
 public:
  Scratch() {
    const char* base = std::getenv("TMPDIR");
    path_ = std::string(base != nullptr && *base == '/' ? base : "/tmp") + "/signetctl-XXXXXX";
    made_ = ::mkdtemp(path_.data()) != nullptr;
  }
  ~Scratch() {
    std::error_code error;
    if (made_) fs::remove_all(path_, error);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  bool made() const { return made_; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  bool made_ = false;
};

std::expected<void, std::string> authenticate(Call& call, const SealedManifest& sealed, const OfflineSecret& secret) {
  const auto opens = secret.read(call, sealed.manifest.vault_id);
  if (!opens) return std::unexpected(opens.error());
  const Scratch scratch;
  if (!scratch.made()) return std::unexpected(fmt::format("{}: cannot be made", scratch.path()));
  const auto vault = open_backup_vault(sealed, scratch.path(), *opens);
  if (!vault) return std::unexpected(vault.error());
  return {};
}

}  // namespace

Outcome backup_list(Call& call) {
  Arguments arguments = call.new_arguments();
  std::string directory;
  arguments.positional("DIR", directory, "Directory of the backups");
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  const auto backups = BackupDirectory::open(directory);
  if (!backups) return std::unexpected(Failure{backups.error()});
  Table table({{"BACKUP", Align::kRight}, {"MADE AT"}, {"COMMIT", Align::kRight}, {"SIZE", Align::kRight}, {"VAULT"}});
  std::string lines;
  for (const uint32_t number : (*backups)->numbers()) {
    const auto sealed = (*backups)->manifest(number);
    if (!sealed) return std::unexpected(Failure{sealed.error()});
    const BackupManifest& manifest = sealed->manifest;
    table.add_row({std::to_string(number), rfc3339(manifest.created_at), std::to_string(manifest.commit),
                   octets_text(manifest.octets()), fmt::format("{:02x}", fmt::join(manifest.vault_id, ""))});
    lines += compose_json([&](JsonWriter& to) { write_manifest(to, manifest); }) + "\n";
  }
  call.print(call.json() ? lines : table.render());
  return {};
}

Outcome backup_verify(Call& call) {
  Arguments arguments = call.new_arguments();
  std::string directory;
  std::optional<std::string> number;
  OfflineSecret secret;
  arguments.positional("DIR", directory, "Directory of the backups");
  arguments.option("--backup", "N", number, "This one, instead of the last");
  secret.bind(arguments);
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  const auto wanted = number ? backup_number(*number) : std::optional<uint32_t>(0);
  if (!wanted || (number && *wanted == 0)) return std::unexpected(usage_failure("--backup: expected a number"));
  if (secret.given()) {
    if (auto fault = secret.fault()) return std::unexpected(*fault);
  }
  const auto backups = BackupDirectory::open(directory);
  if (!backups) return std::unexpected(Failure{backups.error()});
  const auto sealed = (*backups)->manifest(*wanted);
  if (!sealed) return std::unexpected(Failure{sealed.error()});
  if (secret.given()) {
    if (auto authentic = authenticate(call, *sealed, secret); !authentic) {
      return std::unexpected(Failure{authentic.error()});
    }
  }
  Progress progress(call.streams().err, sealed->manifest.octets());
  const auto checked =
      (*backups)->check(sealed->manifest, [&progress](uint64_t done, uint64_t) { progress.update(done); });
  progress.clear();
  if (!checked) return std::unexpected(Failure{checked.error()});
  if (call.json()) {
    call.print_json(compose_json([&](JsonWriter& to) { write_manifest(to, sealed->manifest); }));
    return {};
  }
  call.note(fmt::format("backup {}: {} files, {}, each as it was when the backup was made", sealed->manifest.number,
                        sealed->manifest.files.size(), octets_text(sealed->manifest.octets())));
  if (!secret.given()) {
    call.note(
        "Whether somebody made it anew as a whole only the vault can tell: give --key-file, --passphrase or "
        "--share.");
  }
  return {};
}

}  // namespace signet::ctl
