#include "keystore/store/issued_tokens.h"

#include "protocol/json/reader.h"

namespace signet::store {
namespace {

void take_text(const JsonValue& from, std::string_view name, std::string& to) {
  if (const std::string* text = from.find_string(name)) to = *text;
}

}  // namespace

std::vector<AuditRecord> issued_tokens(const AuditRecord& row, std::string_view issued) {
  std::vector<AuditRecord> tokens;
  while (!issued.empty()) {
    const size_t end = std::min(issued.find('\n'), issued.size());
    const std::string_view line = issued.substr(0, end);
    issued.remove_prefix(std::min(end + 1, issued.size()));
    AuditRecord& token = tokens.emplace_back(row);
    token.token = static_cast<uint32_t>(tokens.size());
    token.after = line;
    const auto read = read_json(line);
    if (!read) continue;
    take_text(*read, "tenant", token.tenant_name);
    take_text(*read, "client_id", token.subject);
    if (const JsonValue* time = read->find("time_ms")) token.time_ms = time->as_integer().value_or(row.time_ms);
  }
  return tokens;
}

}  // namespace signet::store
