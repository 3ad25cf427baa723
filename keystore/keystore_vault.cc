// Changes of the vault while it serves: slots, and a new root key.
#include <fmt/format.h>
#include <unistd.h>

#include "keystore/keystore_implementation.h"
#include "keystore/wait_for_store.h"

namespace signet {
namespace {

StoreError vault_refusal(VaultError error) {
  const bool ours = error == VaultError::kIo || error == VaultError::kNoLockedMemory || error == VaultError::kSealed;
  return {ours ? StoreErrorKind::kUnavailable : StoreErrorKind::kInvalid, std::string(vault_error_text(error))};
}

}  // namespace

void KeystoreImplementation::change_vault(AuditActor actor, VaultChange change, StoreDone<uint32_t> done) {
  make_slowly<uint32_t>(
      [this, actor = std::move(actor), change = std::move(change)] { return change_vault_now(actor, change); },
      std::move(done));
}

// The record first: what cannot be audited is not done. One that was not done says so in a record of its own.
std::expected<uint32_t, StoreError> KeystoreImplementation::change_vault_now(const AuditActor& actor,
                                                                             const VaultChange& change) {
  const auto audit = [&](const std::string& what, const std::string& detail) {
    return wait_for_store<void>(
        closing_, [&](StoreDone<void> done) { store_->append_audit(actor, what, detail, std::move(done)); });
  };
  if (!change.what.empty()) {
    if (auto audited = audit(change.what, change.detail_json); !audited) return std::unexpected(audited.error());
  }
  auto changed = change.make(*vault_);
  if (changed) return *changed;
  if (!change.what.empty()) {
    audit(change.what + "-failed", fmt::format(R"({{"why":"{}"}})", vault_error_text(changed.error())));
  }
  return std::unexpected(vault_refusal(changed.error()));
}

void KeystoreImplementation::rekey_vault(AuditActor actor, StoreDone<size_t> done) {
  make_slowly<size_t>([this, actor = std::move(actor)] { return rekey_now(actor); }, std::move(done));
}

// The new root key reaches the file, then every cell in one commit, then the old one goes. Whatever ends this in
// between, the same slots open the vault, and the next start goes on here. One that was cut off is ended first: its key
// may be known to a slot that was removed since.
std::expected<size_t, StoreError> KeystoreImplementation::rekey_now(const AuditActor& actor) {
  if (backup_.under_way()) {
    return std::unexpected(StoreError{StoreErrorKind::kBusy,
                                      "a backup is being made, which would not open afterwards: wait for its end, or "
                                      "stop it with signetctl backup stop"});
  }
  if (vault_->rekeying()) {
    if (auto ended = complete_rekey(actor); !ended) return ended;
  }
  {
    const std::unique_lock lock(sealing_mutex_);
    if (auto begun = vault_->begin_rekey(); !begun) return std::unexpected(vault_refusal(begun.error()));
  }
  return complete_rekey(actor);
}

std::expected<size_t, StoreError> KeystoreImplementation::complete_rekey(const AuditActor& actor) {
  const CellReseal reseal{
      .key = [this](const KeyRow& row) { return reseal_private_key(*vault_, row); },
      .location = [this](const KeyRow& row) { return reseal_location(*vault_, row); },
      .secret = [this](const SecretRow& row) { return reseal_secret(*vault_, row); },
      .record = [this](const DialectRecord& record) { return reseal_dialect_record(*vault_, record); }};
  auto resealed = wait_for_store<size_t>(
      closing_, [&](StoreDone<size_t> done) { store_->reseal_cells(actor, reseal, std::move(done)); });
  if (!resealed) return resealed;
  if (auto ended = vault_->end_rekey(); !ended) return std::unexpected(vault_refusal(ended.error()));
  return resealed;
}

std::expected<void, std::string> KeystoreImplementation::finish_rekey() {
  if (!vault_->rekeying()) return {};
  const AuditActor actor{
      .uid = static_cast<uint32_t>(::getuid()), .pid = static_cast<uint32_t>(::getpid()), .via = "start"};
  const auto finished = complete_rekey(actor);
  if (finished) return {};
  return std::unexpected(fmt::format("{}: the change of the root key that had begun cannot be ended: {}",
                                     options_.data_dir.string(), finished.error().text));
}

}  // namespace signet
