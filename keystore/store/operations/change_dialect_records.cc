// Records of dialects: compare and set of several at once.
#include <fmt/format.h>

#include <algorithm>

#include "keystore/store/dialect_record_rows.h"
#include "keystore/store/operations/operations.h"
#include "keystore/store/operations/rules.h"
#include "keystore/store/transaction.h"
#include "protocol/json/writer.h"

namespace signet::store {
namespace {

Outcome check_id(std::string_view id) {
  const bool visible = std::ranges::all_of(id, [](char c) { return c > ' ' && c <= '~'; });
  if (!id.empty() && id.size() <= kDialectRecordIdSizeMax && visible) return {};
  return refuse(StoreErrorKind::kInvalid, "a record's id is 1 to 128 visible ASCII characters");
}

Outcome check_change(const DialectRecordChange& change, UnixSeconds now) {
  if (!known_kind(change.kind)) return refuse(StoreErrorKind::kInvalid, "there is no such kind of record");
  if (auto checked = check_id(change.id); !checked) return checked;
  if (!change.value) return {};
  const bool cell = is_sealed(change.kind);
  if (cell != change.sealed) return refuse(StoreErrorKind::kInvalid, "records of secrets, and no others, are sealed");
  if (change.value->size() > kDialectRecordValueSizeMax + (cell ? kDialectRecordSealSize : 0)) {
    return refuse(StoreErrorKind::kInvalid, "a record's value has at most 16 KiB");
  }
  if (cell && change.expires_at != 0) return refuse(StoreErrorKind::kInvalid, "records of secrets never expire");
  if (change.expires_at != 0 && change.expires_at <= now) {
    return refuse(StoreErrorKind::kInvalid, "a record expires in the future or never");
  }
  return {};
}

class ChangeDialectRecords : public OperationFor<std::vector<uint64_t>> {
 public:
  ChangeDialectRecords(std::optional<AuditActor> actor, std::vector<DialectRecordChange> changes, DialectAudit audit,
                       StoreDone<std::vector<uint64_t>> done)
      : OperationFor(std::move(done)),
        actor_(std::move(actor)),
        changes_(std::move(changes)),
        audit_(std::move(audit)) {}

  Outcome check_and_apply(Transaction& transaction) override {
    if (changes_.empty() || changes_.size() > kDialectRecordChangesMax) {
      return refuse(StoreErrorKind::kInvalid, "there are 1 to 64 changes at once");
    }
    if (actor_ && audit_.what.empty()) return refuse(StoreErrorKind::kInvalid, "an audit record says what was done");
    for (size_t i = 0; i < changes_.size(); ++i) {
      auto applied = apply(transaction, changes_[i]);
      if (applied) continue;
      applied.error().entry = i;
      return applied;
    }
    if (actor_) write_audit(transaction);
    return {};
  }

 private:
  Outcome apply(Transaction& transaction, const DialectRecordChange& change) {
    if (auto checked = check_change(change, transaction.now_s()); !checked) return checked;
    if (change.tenant != changes_.front().tenant) {
      return refuse(StoreErrorKind::kInvalid, "the changes of one commit are of one tenant");
    }
    if (!transaction.tenant_exists(change.tenant)) return no_such_tenant(change.tenant);
    const std::string key = dialect_record_key(change.tenant, change.kind, change.id);
    const auto value = transaction.get(Family::kDialectRecords, key);
    const auto row = value ? decode_dialect_record(key, *value) : std::nullopt;
    if (value && !row) {
      transaction.damaged(Family::kDialectRecords, key);
      return refuse(StoreErrorKind::kUnavailable, "the record cannot be read");
    }
    const bool there = row && !dialect_record_over(*row, transaction.now_s());
    if (auto checked = check_state(change, there ? row->revision : 0); !checked) return checked;
    if (!change.value) return erase(transaction, change, key, row.has_value());
    if (!row && is_resident(change.kind)) {
      if (auto checked = check_room(transaction, change); !checked) return checked;
    }
    put(transaction, change, key);
    return {};
  }

  // `revision` 0: it is not there.
  static Outcome check_state(const DialectRecordChange& change, uint64_t revision) {
    const auto conflict = [&](std::string_view why) {
      return refuse(StoreErrorKind::kConflict, fmt::format("record {}: {}", change.id, why));
    };
    switch (change.expected.kind) {
      case DialectRecordState::Kind::kAny:
        return {};
      case DialectRecordState::Kind::kAbsent:
        return revision == 0 ? Outcome() : conflict("it is there already");
      case DialectRecordState::Kind::kRevision:
        if (revision == 0) return conflict("it is not there");
        return revision == change.expected.revision ? Outcome() : conflict("it was changed meanwhile");
    }
    return conflict("it is in no state that could be expected");
  }

  // Only when one is added, which administrators do.
  static Outcome check_room(Transaction& transaction, const DialectRecordChange& change) {
    size_t rows = 0;
    transaction.scan(Family::kDialectRecords, dialect_record_prefix(change.tenant, change.kind),
                     [&](auto, auto) { return ++rows < kDialectRecordsResidentMax; });
    if (rows < kDialectRecordsResidentMax) return {};
    return refuse(StoreErrorKind::kInvalid, "a tenant has at most 1000 records of this kind");
  }

  Outcome erase(Transaction& transaction, const DialectRecordChange& change, const std::string& key, bool row) {
    revisions().push_back(0);
    if (!row) return {};
    transaction.erase(Family::kDialectRecords, key);
    if (is_resident(change.kind)) transaction.publish(DialectRecordErased{change.tenant, change.kind, change.id});
    return {};
  }

  void put(Transaction& transaction, const DialectRecordChange& change, const std::string& key) {
    DialectRecord record{.tenant = change.tenant,
                         .kind = change.kind,
                         .id = change.id,
                         .value = *change.value,
                         .revision = transaction.next_revision(),
                         .expires_at = change.expires_at};
    revisions().push_back(record.revision);
    transaction.put(Family::kDialectRecords, key, encode_dialect_record(record));
    if (is_resident(change.kind)) transaction.publish(DialectRecordPut{std::move(record), change.companion});
  }

  void write_audit(Transaction& transaction) {
    transaction.audit({.actor = *actor_,
                       .tenant = changes_.front().tenant,
                       .what = audit_.what,
                       .subject = audit_.subject,
                       .after = audit_json([&](JsonWriter& json) {
                         json.begin_array();
                         for (size_t i = 0; i < changes_.size(); ++i) {
                           json.begin_object();
                           json.member_integer("kind", static_cast<int64_t>(changes_[i].kind));
                           json.member("id", changes_[i].id);
                           json.member_integer("revision", static_cast<int64_t>(revisions()[i]));
                           json.end_object();
                         }
                         json.end_array();
                       })});
  }

  std::vector<uint64_t>& revisions() { return result_; }

  const std::optional<AuditActor> actor_;
  const std::vector<DialectRecordChange> changes_;
  const DialectAudit audit_;
};

}  // namespace

OperationPtr change_dialect_records(std::optional<AuditActor> actor, std::vector<DialectRecordChange> changes,
                                    DialectAudit audit, StoreDone<std::vector<uint64_t>> done) {
  return OperationPtr(
      new ChangeDialectRecords(std::move(actor), std::move(changes), std::move(audit), std::move(done)));
}

}  // namespace signet::store
