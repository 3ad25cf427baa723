// Rows of dialects' records (FORMAT.md): tenant, kind, id.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "keystore/store/dialect_record.h"

namespace signet::store {

std::string dialect_record_prefix(uint32_t tenant, DialectRecordKind kind);
std::string dialect_record_key(uint32_t tenant, DialectRecordKind kind, std::string_view id);

std::string encode_dialect_record(const DialectRecord& record);
// Nothing: damaged.
std::optional<DialectRecord> decode_dialect_record(std::string_view key, std::string_view value);

// Whether a row is of no use any more (expiry_filter.h). A row that cannot be read is kept.
bool dialect_record_expired(std::string_view value, UnixSeconds safe_now);
// Whether a record is there no more for whoever asks now.
constexpr bool dialect_record_over(const DialectRecord& record, UnixSeconds now) {
  return record.expires_at != 0 && record.expires_at <= now;
}

}  // namespace signet::store
