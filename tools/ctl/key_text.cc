#include "tools/ctl/key_text.h"

namespace signet::ctl {

Table key_table() {
  return Table({{"KID"},
                {"TENANT"},
                {"ALG"},
                {"STATUS"},
                {"BITS", Align::kRight},
                {"AUDIENCE"},
                {"DIALECT"},
                {"CREATED"},
                {"ACTIVATED"}});
}

void add_key_row(Table& table, const JsonValue& key) {
  const std::string bits = text_of(key, "bits");
  table.add_row({text_of(key, "kid"), text_of(key, "tenant"), text_of(key, "alg"), text_of(key, "status"),
                 bits == "0" ? "" : bits, text_of(key, "audience"), text_of(key, "dialect"), text_of(key, "created_at"),
                 text_of(key, "activated_at")});
}

}  // namespace signet::ctl
