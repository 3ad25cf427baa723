// Pages of the audit log, beside the committer. Each follows the hash chain over what it reads.
#pragma once

#include <expected>

#include "keystore/store/audit_record.h"
#include "keystore/store/database.h"
#include "keystore/store/store_rows.h"

namespace signet::store {

// read_audit_page: a record that does not follow from the one before it is a fault of the page, not an error. The
// record at `after` is taken as it is: whoever reads page after page has checked it before. Where records up to there
// were pruned, the page begins behind them. Any thread; blocks.
std::expected<AuditPage, StoreError> read_audit_page(const Database& database, const AuditRange& range);

// drop_audit_files frees the room of records up to `last`, which were pruned, as far as they fill whole tables. Any
// thread; blocks.
std::expected<bool, StoreError> drop_audit_files(Database& database, uint64_t last);

}  // namespace signet::store
