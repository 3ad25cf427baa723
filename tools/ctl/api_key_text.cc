#include "tools/ctl/api_key_text.h"

namespace signet::ctl {

Table api_key_table() {
  return Table({{"ID"}, {"CLIENT"}, {"SUBJECT"}, {"NAME"}, {"KIND"}, {"STATUS"}, {"EXPIRES"}, {"LAST USED"}});
}

void add_api_key_row(Table& table, const JsonValue& key) {
  table.add_row({text_of(key, "id"), text_of(key, "client_id"), text_of(key, "subject"), text_of(key, "name"),
                 text_of(key, "kind"), text_of(key, "status"), text_of(key, "expires_at"), text_of(key, "last_used")});
}

std::string api_key_details(const JsonValue& key) {
  NamedValues values;
  for (const char* name : {"id", "tenant", "kind", "name", "client_id", "subject", "scope", "audiences", "status",
                           "created_at", "expires_at"}) {
    values.add(name, text_of(key, name));
  }
  return values.render();
}

}  // namespace signet::ctl
