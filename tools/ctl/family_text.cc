#include "tools/ctl/family_text.h"

namespace signet::ctl {

Table family_table() {
  return Table({{"FAMILY"},
                {"CLIENT"},
                {"SUBJECT"},
                {"STATUS"},
                {"SEQUENCE", Align::kRight},
                {"LAST ROTATION"},
                {"IDLE UNTIL"}});
}

void add_family_row(Table& table, const JsonValue& family) {
  table.add_row({text_of(family, "id"), text_of(family, "client_id"), text_of(family, "subject"),
                 text_of(family, "status"), text_of(family, "sequence"), text_of(family, "rotated_at"),
                 text_of(family, "idle_expires_at")});
}

std::string family_details(const JsonValue& family) {
  NamedValues values;
  for (const char* name : {"id", "tenant", "client_id", "subject", "scope", "audiences", "status", "sequence",
                           "created_at", "rotated_at", "idle_expires_at", "absolute_expires_at"}) {
    values.add(name, text_of(family, name));
  }
  return values.render();
}

}  // namespace signet::ctl
