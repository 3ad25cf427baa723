#include "daemon/dialect/record_errands.h"

#include <memory>

namespace signet {
namespace {

struct Listing {
  DialectRecordQuery query;
  std::string prefix;
  size_t most = 0;
  std::vector<DialectRecord> found;
  std::function<void(DialectCall&, std::vector<DialectRecord>)> then;
};

void list_page(DialectCall& call, const std::shared_ptr<Listing>& listing) {
  call.scope.keystore.store().list_dialect_records(
      listing->query,
      errand<DialectRecordPage>(call, [listing](DialectCall& later, std::expected<DialectRecordPage, StoreError> page) {
        if (!page) {
          refuse_failed(later, page.error(), DialectCondition::kServerError);
          return;
        }
        for (DialectRecord& record : page->records) {
          // In the order of the ids: behind the prefix nothing has it any more.
          if (!record.id.starts_with(listing->prefix) || listing->found.size() == listing->most) {
            page->next.clear();
            break;
          }
          listing->found.push_back(std::move(record));
        }
        if (page->next.empty()) return listing->then(later, std::move(listing->found));
        listing->query.after = page->next;
        list_page(later, listing);
      }));
}

}  // namespace

void get_record(DialectCall& call, DialectRecordKind kind, std::string id,
                std::function<void(DialectCall&, std::optional<DialectRecord>)> then) {
  using Record = std::optional<DialectRecord>;
  call.scope.keystore.store().get_dialect_record(
      call.tenant_number(), kind, std::move(id),
      errand<Record>(call, [then = std::move(then)](DialectCall& later, std::expected<Record, StoreError> got) {
        if (got) return then(later, std::move(*got));
        refuse_failed(later, got.error(), DialectCondition::kServerError);
      }));
}

void list_records(DialectCall& call, DialectRecordKind kind, std::string prefix, size_t most,
                  std::function<void(DialectCall&, std::vector<DialectRecord>)> then) {
  auto listing = std::make_shared<Listing>();
  // No id has a character below this one, so that the prefix itself stands before all that begin with it.
  listing->query = {.tenant = call.tenant_number(), .kind = kind, .after = prefix, .limit = kDialectRecordPageMax};
  listing->prefix = std::move(prefix);
  listing->most = most;
  listing->then = std::move(then);
  list_page(call, listing);
}

std::vector<DialectRecordChange> erasures_of(std::vector<DialectRecordChange> puts) {
  for (DialectRecordChange& change : puts) {
    change.value.reset();
    change.expires_at = 0;
  }
  return puts;
}

std::vector<DialectRecordChange> with_pointer(DialectRecordChange record, std::string pointer_id) {
  DialectRecordChange pointer{.tenant = record.tenant,
                              .kind = record.kind,
                              .id = std::move(pointer_id),
                              .value = record.id,
                              .expires_at = record.expires_at};
  std::vector<DialectRecordChange> changes;
  changes.push_back(std::move(record));
  changes.push_back(std::move(pointer));
  return changes;
}

void change_records(DialectCall& call, AuditActor actor, std::vector<DialectRecordChange> changes, DialectAudit audit,
                    std::function<void(DialectCall&, bool made)> then, std::function<void(WorkerScope&)> undo) {
  using Revisions = std::vector<uint64_t>;
  Errand<Revisions>::Gone gone;
  if (undo) {
    gone = [undo = std::move(undo)](WorkerScope& scope, const std::expected<Revisions, StoreError>& done) {
      if (!done) undo(scope);
    };
  }
  call.scope.keystore.change_dialect_records(
      std::move(actor), std::move(changes), std::move(audit),
      errand<Revisions>(
          call,
          [then = std::move(then)](DialectCall& later, std::expected<Revisions, StoreError> done) {
            if (done || done.error().kind == StoreErrorKind::kConflict) return then(later, done.has_value());
            if (refused_for_now(later, done.error())) return;
            later.refuse(done.error().kind == StoreErrorKind::kInvalid ? DialectCondition::kMalformedRequest
                                                                       : DialectCondition::kServerError);
          },
          std::move(gone)));
}

void answer_change(DialectCall& call, bool made) {
  if (!made) return call.refuse(DialectCondition::kConflict);
  call.answer(204, {}, {});
}

}  // namespace signet
