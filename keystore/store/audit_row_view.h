// The parts of an audit row that the chain of hashes needs, where they stand: a log of millions is followed without a
// message, a copy or an allocation for each record.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace signet::store {

// Views into the row.
struct AuditRowView {
  std::string_view record;
  std::string_view hash;  // 32 octets
  uint64_t sequence = 0;  // the record's own
};

// view_audit_row reads a row (AuditRow of records.proto) that has its fields once, in order and no others, as every
// program so far writes it. Nothing for any other: it may still be one that the library reads. Any thread.
std::optional<AuditRowView> view_audit_row(std::string_view value);

// audit_what gives the kind of a record ("client.add"); empty when it cannot be told this way. Any thread.
std::string_view audit_what(std::string_view record);

}  // namespace signet::store
