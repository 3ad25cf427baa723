#include "keystore/store/dialect_record_reads.h"

#include "keystore/store/dialect_record_rows.h"
#include "keystore/store/grant_ranges.h"
#include "keystore/store/keys.h"
#include "keystore/store/operation.h"

namespace signet::store {
namespace {

std::unexpected<StoreError> damaged_record() { return unreadable("a record of a dialect cannot be read"); }

}  // namespace

std::expected<std::optional<DialectRecord>, StoreError> read_dialect_record(const Database& database, uint32_t tenant,
                                                                            DialectRecordKind kind, std::string_view id,
                                                                            UnixSeconds now) {
  const std::string key = dialect_record_key(tenant, kind, id);
  const auto value = database.get(Family::kDialectRecords, key);
  if (!value) return unreadable(value.error().text);
  if (!*value) return std::nullopt;
  auto record = decode_dialect_record(key, **value);
  if (!record) return damaged_record();
  if (dialect_record_over(*record, now)) return std::nullopt;
  return record;
}

std::expected<DialectRecordPage, StoreError> read_dialect_record_page(const Database& database,
                                                                      const DialectRecordQuery& query,
                                                                      UnixSeconds now) {
  if (query.limit == 0 || query.limit > kDialectRecordPageMax) {
    return refuse(StoreErrorKind::kInvalid, "a page of records has 1 to 500 rows");
  }
  const std::string prefix = dialect_record_prefix(query.tenant, query.kind);
  // The first key behind `after`: no id has a NUL in it.
  const std::string from = query.after.empty() ? prefix : prefix + query.after + '\0';
  DialectRecordPage page;
  size_t rows = 0;
  bool readable = true;
  std::string last;
  const auto scanned = database.scan(Family::kDialectRecords, from, prefix_end(prefix), [&](auto key, auto value) {
    if (rows == query.limit) {
      page.next = last;
      return false;
    }
    ++rows;
    auto record = decode_dialect_record(key, value);
    readable = record.has_value();
    if (!readable) return false;
    last = record->id;
    if (!dialect_record_over(*record, now)) page.records.push_back(std::move(*record));
    return true;
  });
  if (!scanned) return unreadable(scanned.error().text);
  if (!readable) return damaged_record();
  return page;
}

}  // namespace signet::store
