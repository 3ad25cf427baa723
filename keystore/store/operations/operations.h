// Every operation of the store, in the order of store.h; each is in the file of its name. All take what they are given
// by value and complete `done` once.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "keystore/store/operation.h"
#include "keystore/store/store.h"

namespace signet::store {

OperationPtr add_tenant(AuditActor actor, std::string name, const TenantLimits& limits, StoreDone<TenantRow> done);
OperationPtr update_tenant(AuditActor actor, std::string name, const TenantUpdate& update, KeyBounds bounds,
                           StoreDone<TenantRow> done);
OperationPtr remove_tenant(AuditActor actor, std::string name, bool force, StoreDone<void> done);
OperationPtr add_client(AuditActor actor, Client client, StoreDone<Client> done);
OperationPtr update_client(AuditActor actor, uint32_t tenant, std::string client_id, ClientUpdate update,
                           StoreDone<Client> done);
OperationPtr remove_client(AuditActor actor, uint32_t tenant, std::string client_id, StoreDone<void> done);
OperationPtr import_clients(AuditActor actor, ImportChunk chunk, StoreDone<ImportOutcome> done);
OperationPtr import_progress(std::string import_id, StoreDone<uint64_t> done);
OperationPtr add_key(AuditActor actor, KeyRow key, StoreDone<KeyRow> done);
OperationPtr step_key(AuditActor actor, KeyStep step, StoreDone<KeyStepDone> done);
OperationPtr raise_key_bounds(AuditActor actor, KeyBounds bounds, StoreDone<void> done);
OperationPtr reseal_cells(AuditActor actor, CellReseal reseal, StoreDone<size_t> done);
OperationPtr put_secret(AuditActor actor, SecretRow secret, StoreDone<void> done);
OperationPtr append_audit(AuditActor actor, std::string what, std::string detail_json, StoreDone<void> done);
// Made in the batch's own memory.
OperationPtr record_issuance(IssuanceBatch& batch);
OperationPtr note_audit_export(AuditActor actor, AuditExport exported, StoreDone<void> done);
OperationPtr prune_audit(AuditActor actor, AuditPruning pruning, StoreDone<uint64_t> done);
OperationPtr put_last_used(std::vector<LastUsedRow> rows, uint64_t removals_seen, StoreDone<void> done);
OperationPtr revoke(AuditActor actor, Revocation revocation, StoreDone<RevocationOutcome> done);
OperationPtr list_revocations(RevocationQuery query, StoreDone<RevocationPage> done);
OperationPtr create_family(std::optional<AuditActor> actor, RefreshFamily family, StoreDone<RefreshFamily> done);
OperationPtr revoke_family(AuditActor actor, uint32_t tenant, const FamilyId& id, std::string client_id,
                           StoreDone<RevocationOutcome> done);
// Made in the request's own memory.
OperationPtr rotate_family(RotationRequest& request);
OperationPtr create_api_token(std::optional<AuditActor> actor, ApiToken token, StoreDone<ApiToken> done);
OperationPtr remove_api_token(AuditActor actor, ApiTokenRemoval removal, StoreDone<void> done);
// Made in the request's own memory.
OperationPtr redeem_api_token(ApiTokenRequest& request);
OperationPtr flush_api_token_uses(StoreDone<size_t> done);
OperationPtr change_dialect_records(std::optional<AuditActor> actor, std::vector<DialectRecordChange> changes,
                                    DialectAudit audit, StoreDone<std::vector<uint64_t>> done);
OperationPtr accept_clock(AuditActor actor, StoreDone<void> done);
OperationPtr finish_restore(AuditActor actor, RestoreRules rules, StoreDone<RestorePoint> done);
OperationPtr accept_restored_tokens(AuditActor actor, StoreDone<void> done);
OperationPtr barrier(StoreDone<void> done);

}  // namespace signet::store
