// FakeStore: a store of which a test overrides what it needs; everything else aborts.
#pragma once

#include <cstdlib>

#include "keystore/store/store.h"

namespace signet {

class FakeStore : public Store {
 public:
  void add_tenant(AuditActor, std::string, TenantLimits, StoreDone<TenantRow>) override { std::abort(); }
  void update_tenant(AuditActor, std::string, TenantUpdate, KeyBounds, StoreDone<TenantRow>) override { std::abort(); }
  void remove_tenant(AuditActor, std::string, bool, StoreDone<void>) override { std::abort(); }
  void add_client(AuditActor, Client, StoreDone<Client>) override { std::abort(); }
  void update_client(AuditActor, uint32_t, std::string, ClientUpdate, StoreDone<Client>) override { std::abort(); }
  void remove_client(AuditActor, uint32_t, std::string, StoreDone<void>) override { std::abort(); }
  void import_clients(AuditActor, ImportChunk, StoreDone<ImportOutcome>) override { std::abort(); }
  void import_progress(std::string, StoreDone<uint64_t>) override { std::abort(); }
  void add_key(AuditActor, KeyRow, StoreDone<KeyRow>) override { std::abort(); }
  void step_key(AuditActor, KeyStep, StoreDone<KeyStepDone>) override { std::abort(); }
  void raise_key_bounds(AuditActor, KeyBounds, StoreDone<void>) override { std::abort(); }
  void reseal_cells(AuditActor, CellReseal, StoreDone<size_t>) override { std::abort(); }
  void put_secret(AuditActor, SecretRow, StoreDone<void>) override { std::abort(); }
  void append_audit(AuditActor, std::string, std::string, StoreDone<void>) override { std::abort(); }
  void record_issuance(IssuanceBatch&) override { std::abort(); }
  void note_audit_export(AuditActor, AuditExport, StoreDone<void>) override { std::abort(); }
  void prune_audit(AuditActor, AuditPruning, StoreDone<uint64_t>) override { std::abort(); }
  void put_last_used(std::vector<LastUsed>, uint64_t, StoreDone<void>) override { std::abort(); }
  uint64_t client_removals() const override { std::abort(); }
  void revoke(AuditActor, Revocation, StoreDone<RevocationOutcome>) override { std::abort(); }
  void list_revocations(RevocationQuery, StoreDone<RevocationPage>) override { std::abort(); }
  void create_family(std::optional<AuditActor>, RefreshFamily, StoreDone<RefreshFamily>) override { std::abort(); }
  void revoke_family(AuditActor, uint32_t, FamilyId, std::string, StoreDone<RevocationOutcome>) override {
    std::abort();
  }
  void rotate_families(std::span<RotationRequest* const>) override { std::abort(); }
  std::expected<std::optional<RefreshFamily>, StoreError> find_family(uint32_t, const FamilyId&) const override {
    std::abort();
  }
  std::expected<FamilyPage, StoreError> list_families(const FamilyQuery&) const override { std::abort(); }
  void create_api_token(std::optional<AuditActor>, ApiToken, StoreDone<ApiToken>) override { std::abort(); }
  void remove_api_token(AuditActor, ApiTokenRemoval, StoreDone<void>) override { std::abort(); }
  void redeem_api_token(ApiTokenRequest&) override { std::abort(); }
  void flush_api_token_uses(StoreDone<size_t>) override { std::abort(); }
  std::expected<std::optional<ApiToken>, StoreError> find_api_token(uint32_t, const ApiTokenId&) const override {
    std::abort();
  }
  std::expected<ApiTokenPage, StoreError> list_api_tokens(const ApiTokenQuery&) const override { std::abort(); }
  std::expected<bool, StoreError> needs_family_key() const override { std::abort(); }
  void begin_service() override {}
  void read_feed(FeedRange, StoreDone<FeedRows>) override { std::abort(); }
  void change_dialect_records(std::optional<AuditActor>, std::vector<DialectRecordChange>, DialectAudit,
                              StoreDone<std::vector<uint64_t>>) override {
    std::abort();
  }
  void read_audit(AuditRange, StoreDone<AuditPage>) override { std::abort(); }
  void get_dialect_record(uint32_t, DialectRecordKind, std::string, StoreDone<std::optional<DialectRecord>>) override {
    std::abort();
  }
  void list_dialect_records(DialectRecordQuery, StoreDone<DialectRecordPage>) override { std::abort(); }
  void accept_clock(AuditActor, StoreDone<void>) override { std::abort(); }
  std::expected<StoreBackup, StoreError> back_up(const StoreBackupOrder&) override { std::abort(); }
  void stop_backup() override { std::abort(); }
  void finish_restore(AuditActor, RestoreRules, StoreDone<RestorePoint>) override { std::abort(); }
  void accept_restored_tokens(AuditActor, StoreDone<void>) override { std::abort(); }
  void barrier(StoreDone<void>) override { std::abort(); }
  StoreStatus status() const override { return {}; }
  UnixMs safe_time_ms() const override { return 0; }
  void close() override {}
};

}  // namespace signet
