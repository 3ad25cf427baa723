// The front of the audit log, once it is kept elsewhere: an export is noted, and what it holds may be dropped. What
// stays in the store are sequence and hash of the last record that was dropped: the next one still follows from it.
#include <fmt/format.h>

#include "keystore/store/copy_octets.h"
#include "keystore/store/keys.h"
#include "keystore/store/operations/operations.h"
#include "keystore/store/records.h"
#include "keystore/store/transaction.h"
#include "protocol/json/writer.h"

namespace signet::store {
namespace {

// The hash of an audit record; kNotFound when it is not there.
std::expected<Sha256Digest, StoreError> hash_of(Transaction& transaction, uint64_t sequence) {
  const auto& state = transaction.audit_state();
  if (sequence != 0 && sequence == state.base_sequence) return state.base_hash;
  const std::string key = row_key(kNoTenant, sequence);
  const auto value = transaction.get(Family::kAudit, key);
  if (!value) return refuse(StoreErrorKind::kNotFound, fmt::format("there is no audit record {}", sequence));
  records::AuditRow row;
  Sha256Digest hash;
  if (row.ParseFromString(*value) && copy_octets(row.hash(), hash)) return hash;
  transaction.damaged(Family::kAudit, key);
  return refuse(StoreErrorKind::kUnavailable, "the record cannot be read");
}

class NoteAuditExport : public OperationFor<void> {
 public:
  NoteAuditExport(AuditActor actor, AuditExport exported, StoreDone<void> done)
      : OperationFor(std::move(done)), actor_(std::move(actor)), exported_(std::move(exported)) {}

  Outcome check_and_apply(Transaction& transaction) override {
    const auto hash = hash_of(transaction, exported_.last);
    if (!hash) return std::unexpected(hash.error());
    if (*hash != exported_.hash) {
      return refuse(StoreErrorKind::kInvalid,
                    fmt::format("record {} of the export is not the one that the store has", exported_.last));
    }
    transaction.note_audit_export(exported_.last);
    transaction.audit({.actor = actor_,
                       .tenant = kNoTenant,
                       .what = "audit.export",
                       .subject = fmt::format("{}", exported_.last),
                       .before = {},
                       .after = exported_.detail_json});
    return {};
  }

 private:
  const AuditActor actor_;
  const AuditExport exported_;
};

class PruneAudit : public OperationFor<uint64_t> {
 public:
  PruneAudit(AuditActor actor, const AuditPruning& pruning, StoreDone<uint64_t> done)
      : OperationFor(std::move(done)), actor_(std::move(actor)), pruning_(pruning) {}

  Outcome check_and_apply(Transaction& transaction) override {
    const AuditLogState before = transaction.audit_state();
    if (pruning_.last <= before.base_sequence) return {};
    if (pruning_.last > before.exported && !pruning_.without_export) {
      return refuse(StoreErrorKind::kInvalid,
                    before.exported == 0
                        ? std::string("nothing of the log has been exported: `signetctl audit export` first")
                        : fmt::format("the log has been exported up to record {} alone: `signetctl audit export` first",
                                      before.exported));
    }
    const auto hash = hash_of(transaction, pruning_.last);
    if (!hash) return std::unexpected(hash.error());
    transaction.prune_audit(pruning_.last, *hash);
    result_ = pruning_.last - before.base_sequence;
    const std::string detail = audit_json([&](JsonWriter& json) {
      json.begin_object();
      json.key("first"), json.unsigned_integer(before.base_sequence + 1);
      json.key("last"), json.unsigned_integer(pruning_.last);
      json.member_boolean("exported", pruning_.last <= before.exported);
      json.end_object();
    });
    transaction.audit({.actor = actor_,
                       .tenant = kNoTenant,
                       .what = "audit.prune",
                       .subject = fmt::format("{}", pruning_.last),
                       .before = {},
                       .after = detail});
    return {};
  }

 private:
  const AuditActor actor_;
  const AuditPruning pruning_;
};

}  // namespace

OperationPtr note_audit_export(AuditActor actor, AuditExport exported, StoreDone<void> done) {
  return OperationPtr(new NoteAuditExport(std::move(actor), std::move(exported), std::move(done)));
}

OperationPtr prune_audit(AuditActor actor, AuditPruning pruning, StoreDone<uint64_t> done) {
  return OperationPtr(new PruneAudit(std::move(actor), pruning, std::move(done)));
}

}  // namespace signet::store
