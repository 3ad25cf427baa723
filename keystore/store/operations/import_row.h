// The progress row of an import: what comes next, and what the last chunk did.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "keystore/store/store.h"

namespace signet::store {

class Transaction;

struct ImportRow {
  uint64_t next_chunk = 0;
  ImportOutcome last;
};

std::string import_key(std::string_view import_id);
// Nothing when the import is unknown.
std::optional<ImportRow> read_import(Transaction& transaction, std::string_view import_id);
void write_import(Transaction& transaction, std::string_view import_id, const ImportRow& row);

}  // namespace signet::store
