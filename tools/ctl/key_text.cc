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
                {"ACTIVATED"},
                {"WHERE"},
                {"NEXT"}});
}

namespace {

// What comes next in its life, as far as the key itself says.
std::string next_of(const JsonValue& key) {
  const std::string status = text_of(key, "status");
  if (status == "pending") {
    const std::string planned = text_of(key, "activate_at");
    if (!planned.empty()) return "signs at " + planned;
    const std::string from = text_of(key, "signs_from");
    return from.empty() ? "to be handed out" : "may sign from " + from;
  }
  return status == "retiring" ? "retires at " + text_of(key, "retires_from") : "";
}

// Whose token it is in; the object's id is in the JSON.
std::string where_of(const JsonValue& key) {
  const std::string location = text_of(key, "location");
  return location.substr(0, location.find(';'));
}

}  // namespace

void add_key_row(Table& table, const JsonValue& key) {
  const std::string bits = text_of(key, "bits");
  table.add_row({text_of(key, "kid"), text_of(key, "tenant"), text_of(key, "alg"), text_of(key, "status"),
                 bits == "0" ? "" : bits, text_of(key, "audience"), text_of(key, "dialect"), text_of(key, "created_at"),
                 text_of(key, "activated_at"), where_of(key), next_of(key)});
}

}  // namespace signet::ctl
