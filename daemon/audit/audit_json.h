// Audit records as JSON: the same members for the admin API, an export and a sink.
#pragma once

#include <string>
#include <string_view>

#include "keystore/store/audit_record.h"
#include "protocol/json/writer.h"

namespace signet {

// Writes the members of one object, without its braces. `tenant` is the name of its tenant, empty when it concerns the
// installation. Any thread.
void write_audit_members(JsonWriter& json, const AuditRecord& record, std::string_view tenant);

// An object of them, without a line feed. Any thread.
std::string audit_record_line(const AuditRecord& record, std::string_view tenant);

}  // namespace signet
