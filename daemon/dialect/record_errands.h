// Reading and changing records of dialects from a handler: errands whose failures are answered here.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "daemon/dialect/errand.h"
#include "keystore/store/dialect_record.h"

namespace signet {

// All of it on the loop; what `then` captures must be copies (see errand). `then` is not called when the store could
// not say: then the call has been answered with that.

// get_record: the tenant's record of that id, nothing when there is none.
void get_record(DialectCall& call, DialectRecordKind kind, std::string id,
                std::function<void(DialectCall&, std::optional<DialectRecord>)> then);

// list_records: the records whose ids begin with `prefix`, in the order of their ids, at most `most` of them.
void list_records(DialectCall& call, DialectRecordKind kind, std::string prefix, size_t most,
                  std::function<void(DialectCall&, std::vector<DialectRecord>)> then);

// erasures_of: the erasure of each record that `puts` would put, expected in the same state.
std::vector<DialectRecordChange> erasures_of(std::vector<DialectRecordChange> puts);

// with_pointer: `record`, and one of its kind that leads from `pointer_id` to its id and lives as long.
std::vector<DialectRecordChange> with_pointer(DialectRecordChange record, std::string pointer_id);

// change_records: all changes or none. `then` is told whether they were made: false when a record was not in the state
// that was expected. `undo` is called instead of `then` when the peer is gone and the changes were refused.
void change_records(DialectCall& call, AuditActor actor, std::vector<DialectRecordChange> changes, DialectAudit audit,
                    std::function<void(DialectCall&, bool made)> then, std::function<void(WorkerScope&)> undo = {});

// answer_change: 204 when it was made, else the conflict that it was.
void answer_change(DialectCall& call, bool made);

}  // namespace signet
