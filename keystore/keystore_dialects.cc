// Records of dialects: sealing what is secret, and the resident configurations.
#include <fmt/format.h>

#include "keystore/key_cells.h"
#include "keystore/keystore_implementation.h"
#include "protocol/base/secret_bytes.h"

namespace signet {
namespace {

StoreError refusal(StoreErrorKind kind, std::string text, size_t entry) { return {kind, std::move(text), entry}; }

// The place in locked memory first: without it nothing may become durable that the next start could not open.
std::expected<void, StoreError> seal(const Vault& vault, DialectRecordChange& change, size_t entry) {
  if (change.value->size() > kDialectRecordValueSizeMax) {
    return std::unexpected(refusal(StoreErrorKind::kInvalid, "a record's value has at most 16 KiB", entry));
  }
  auto octets = LockedBytes::copy_of(as_bytes(*change.value));
  auto cell = octets ? seal_dialect_record(vault, {change.tenant, change.kind, change.id}, as_bytes(*change.value))
                     : std::unexpected(VaultError::kNoLockedMemory);
  wipe_text(*change.value);
  if (!cell) {
    return std::unexpected(refusal(StoreErrorKind::kUnavailable, std::string(vault_error_text(cell.error())), entry));
  }
  change.value->assign(cell->begin(), cell->end());
  change.sealed = true;
  change.companion = std::make_shared<const LockedBytes>(std::move(*octets));
  return {};
}

}  // namespace

void KeystoreImplementation::change_dialect_records(std::optional<AuditActor> actor,
                                                    std::vector<DialectRecordChange> changes, DialectAudit audit,
                                                    StoreDone<std::vector<uint64_t>> done) {
  // What is sealed with one root key is queued before another one is there, and so before every cell is sealed anew.
  const std::shared_lock lock(sealing_mutex_);
  for (size_t i = 0; i < changes.size(); ++i) {
    changes[i].sealed = false;
    changes[i].companion = nullptr;
    if (!changes[i].value || !is_sealed(changes[i].kind)) continue;
    if (auto sealed = seal(*vault_, changes[i], i); !sealed) return done(std::unexpected(std::move(sealed.error())));
  }
  store_->change_dialect_records(std::move(actor), std::move(changes), std::move(audit), std::move(done));
}

std::expected<DialectConfiguration, std::string> KeystoreImplementation::open_configuration(
    const DialectRecord& record) const {
  const auto failure = [&](std::string_view why) {
    return std::unexpected(fmt::format("configuration {} of tenant {}: {}", record.id, record.tenant, why));
  };
  const auto plain = open_dialect_record(*vault_, record);
  if (!plain) return failure(plain.error());
  auto octets = LockedBytes::copy_of(plain->expose());
  if (!octets) return failure(vault_error_text(VaultError::kNoLockedMemory));
  return DialectConfiguration{record.tenant, record.id, record.revision,
                              std::make_shared<const LockedBytes>(std::move(*octets))};
}

std::expected<void, std::string> KeystoreImplementation::build_configurations(
    const std::vector<DialectRecord>& records) {
  for (const DialectRecord& record : records) {
    auto opened = open_configuration(record);
    if (!opened) return std::unexpected(fmt::format("{}: {}", options_.data_dir.string(), opened.error()));
    configuration_builder_.put(std::move(*opened));
  }
  configurations_ = std::make_unique<Published<DialectConfigurations>>(configuration_builder_.build());
  return {};
}

bool KeystoreImplementation::put_configuration(const DialectRecordPut& put) {
  const DialectRecord& record = put.record;
  if (put.companion != nullptr) {
    return configuration_builder_.put(
        {record.tenant, record.id, record.revision, std::static_pointer_cast<const LockedBytes>(put.companion)});
  }
  auto opened = open_configuration(record);
  if (opened) return configuration_builder_.put(std::move(*opened));
  // Durable, but unusable: serving on would contradict the store.
  storage_failed("a committed configuration cannot be published: " + opened.error());
  return false;
}

bool KeystoreImplementation::publish_configurations(std::span<const StoreChange> changes) {
  bool changed = false;
  bool withdrawn = false;
  for (const StoreChange& change : changes) {
    if (const auto* put = std::get_if<DialectRecordPut>(&change)) {
      withdrawn |= put_configuration(*put);
      changed = true;
    } else if (const auto* erased = std::get_if<DialectRecordErased>(&change)) {
      changed |= configuration_builder_.erase(erased->tenant, erased->id);
      withdrawn = true;
    } else if (const auto* tenant = std::get_if<TenantRemoved>(&change)) {
      changed |= configuration_builder_.erase_tenant(tenant->number);
    }
  }
  if (changed) configurations_->publish(configuration_builder_.build(), domain_);
  return withdrawn;
}

}  // namespace signet
