// What dialects ask of their records beside the committer.
#pragma once

#include <expected>
#include <optional>
#include <string_view>

#include "keystore/store/database.h"
#include "keystore/store/store.h"

namespace signet::store {

// Any thread; block for as long as the disk takes. `now` is the wall clock's.
std::expected<std::optional<DialectRecord>, StoreError> read_dialect_record(const Database& database, uint32_t tenant,
                                                                            DialectRecordKind kind, std::string_view id,
                                                                            UnixSeconds now);
std::expected<DialectRecordPage, StoreError> read_dialect_record_page(const Database& database,
                                                                      const DialectRecordQuery& query, UnixSeconds now);

}  // namespace signet::store
