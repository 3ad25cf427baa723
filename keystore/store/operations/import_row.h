// The progress row of an import: what comes next, and what the last chunk did.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "keystore/store/store.h"

namespace signet::store {

class Transaction;

struct ImportRow {
  uint64_t next_chunk = 0;
  ImportOutcome last;
  std::set<uint32_t> tenants;  // whose clients it touched
};

std::string import_key(std::string_view import_id);
// Nothing when the import is unknown.
std::optional<ImportRow> read_import(Transaction& transaction, std::string_view import_id);
void write_import(Transaction& transaction, std::string_view import_id, const ImportRow& row);
// forget_imports erases the progress of every import that touched `tenant`, so that the same file can be taken again.
void forget_imports(Transaction& transaction, uint32_t tenant);

}  // namespace signet::store
