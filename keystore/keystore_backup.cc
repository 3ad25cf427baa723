// Backups while the store serves. The root key and a backup exclude each other: the vault file in a backup is read
// before the cells are, and must open them.
#include <fmt/format.h>

#include "keystore/keystore_implementation.h"
#include "keystore/store/audit_chain.h"
#include "keystore/wait_for_store.h"
#include "protocol/json/writer.h"

namespace signet {
namespace {

std::string directory_json(const BackupOrder& order) {
  return store::audit_json([&](JsonWriter& json) {
    json.begin_object();
    json.member("directory", order.directory.string());
    json.end_object();
  });
}

}  // namespace

// On the generator's thread, as a rekey is: neither begins while the other is being looked at.
void KeystoreImplementation::start_backup(AuditActor actor, BackupOrder order, StoreDone<void> done) {
  make_slowly<void>(
      [this, actor = std::move(actor), order = std::move(order)] { return start_backup_now(actor, order); },
      std::move(done));
}

std::expected<void, StoreError> KeystoreImplementation::start_backup_now(const AuditActor& actor, BackupOrder order) {
  if (backup_.under_way()) return std::unexpected(StoreError{StoreErrorKind::kBusy, "a backup is being made already"});
  order.data_dir = options_.data_dir;
  if (auto fit = check_backup_directory(order, vault_->id()); !fit) {
    return std::unexpected(StoreError{StoreErrorKind::kInvalid, std::move(fit.error())});
  }
  if (vault_->rekeying()) {
    return std::unexpected(StoreError{StoreErrorKind::kBusy,
                                      "a change of the root key has begun and not ended: end it "
                                      "with signetctl vault rekey"});
  }
  auto audited = wait_for_store<void>(closing_, [&](StoreDone<void> done) {
    store_->append_audit(actor, "backup.create", directory_json(order), std::move(done));
  });
  if (!audited) return audited;
  const auto ended = [this, actor](const std::expected<BackupManifest, StoreError>& made) {
    backup_ended(actor, made);
  };
  if (backup_.start(std::move(order), *store_, *vault_, ended)) return {};
  return std::unexpected(StoreError{StoreErrorKind::kBusy, "a backup is being made already"});
}

void KeystoreImplementation::backup_ended(const AuditActor& actor,
                                          const std::expected<BackupManifest, StoreError>& made) {
  const std::string detail = store::audit_json([&](JsonWriter& json) {
    json.begin_object();
    if (made) {
      json.member_integer("number", made->number);
      json.key("commit"), json.unsigned_integer(made->commit);
      json.key("octets"), json.unsigned_integer(made->octets());
    } else {
      json.member("why", made.error().text);
    }
    json.end_object();
  });
  // A store that is closing takes no record: then the one of the beginning stands alone.
  wait_for_store<void>(closing_, [&](StoreDone<void> done) {
    store_->append_audit(actor, made ? "backup.done" : "backup.failed", detail, std::move(done));
  });
}

}  // namespace signet
