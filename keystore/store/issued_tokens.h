// The records of issued tokens that share a row of the audit log, one by one.
#pragma once

#include <string_view>
#include <vector>

#include "keystore/store/audit_record.h"

namespace signet::store {

// issued_tokens gives a record for each line of `issued`, with what `row` says of all of them. A line that is no record
// of a token gives one without tenant and subject. Any thread.
std::vector<AuditRecord> issued_tokens(const AuditRecord& row, std::string_view issued);

}  // namespace signet::store
