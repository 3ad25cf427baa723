#include "keystore/store/operations/import_row.h"

#include <algorithm>

#include "keystore/store/keys.h"
#include "keystore/store/records.h"
#include "keystore/store/transaction.h"

namespace signet::store {

std::string import_key(std::string_view import_id) { return row_key(kNoTenant, import_id); }

std::optional<ImportRow> read_import(Transaction& transaction, std::string_view import_id) {
  const std::string key = import_key(import_id);
  const auto value = transaction.get(Family::kImports, key);
  if (!value) return std::nullopt;
  records::ImportRow row;
  if (!row.ParseFromString(*value)) {
    transaction.damaged(Family::kImports, key);
    return std::nullopt;
  }
  return ImportRow{row.next_chunk(),
                   {.added = row.added(), .updated = row.updated(), .skipped = row.skipped()},
                   {row.tenants().begin(), row.tenants().end()}};
}

void write_import(Transaction& transaction, std::string_view import_id, const ImportRow& from) {
  records::ImportRow row;
  row.set_next_chunk(from.next_chunk);
  row.set_added(from.last.added);
  row.set_updated(from.last.updated);
  row.set_skipped(from.last.skipped);
  row.set_changed_at_s(transaction.now_s());
  row.mutable_tenants()->Add(from.tenants.begin(), from.tenants.end());
  transaction.put(Family::kImports, import_key(import_id), row.SerializeAsString());
}

void forget_imports(Transaction& transaction, uint32_t tenant) {
  transaction.scan(Family::kImports, tenant_prefix(kNoTenant), [&](auto key, auto value) {
    records::ImportRow row;
    if (!row.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
      transaction.damaged(Family::kImports, key);
      return false;
    }
    if (std::ranges::find(row.tenants(), tenant) != row.tenants().end()) transaction.erase(Family::kImports, key);
    return true;
  });
}

}  // namespace signet::store
