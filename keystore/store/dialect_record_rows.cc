#include "keystore/store/dialect_record_rows.h"

#include "keystore/store/keys.h"
#include "keystore/store/records.h"

namespace signet::store {
namespace {

bool parse(records::DialectRecordRow& row, std::string_view value) {
  return row.ParseFromArray(value.data(), static_cast<int>(value.size()));
}

}  // namespace

std::string dialect_record_prefix(uint32_t tenant, DialectRecordKind kind) {
  return tenant_prefix(tenant) + static_cast<char>(kind);
}

std::string dialect_record_key(uint32_t tenant, DialectRecordKind kind, std::string_view id) {
  return dialect_record_prefix(tenant, kind).append(id);
}

std::string encode_dialect_record(const DialectRecord& record) {
  records::DialectRecordRow row;
  row.set_value(record.value);
  row.set_revision(record.revision);
  row.set_expires_at_s(record.expires_at);
  return row.SerializeAsString();
}

std::optional<DialectRecord> decode_dialect_record(std::string_view key, std::string_view value) {
  records::DialectRecordRow row;
  const auto tenant = key_tenant(key);
  if (!tenant || !parse(row, value)) return std::nullopt;
  const std::string_view rest = key_rest(key);
  if (rest.size() < 2 || row.revision() == 0 || row.expires_at_s() < 0) return std::nullopt;
  const auto kind = static_cast<DialectRecordKind>(rest[0]);
  if (!known_kind(kind)) return std::nullopt;
  return DialectRecord{.tenant = *tenant,
                       .kind = kind,
                       .id = std::string(rest.substr(1)),
                       .value = std::move(*row.mutable_value()),
                       .revision = row.revision(),
                       .expires_at = row.expires_at_s()};
}

bool dialect_record_expired(std::string_view value, UnixSeconds safe_now) {
  records::DialectRecordRow row;
  return parse(row, value) && row.expires_at_s() != 0 && row.expires_at_s() < safe_now;
}

}  // namespace signet::store
