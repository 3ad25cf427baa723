#include "tools/ctl/client_text.h"

#include <fmt/format.h>

#include "tools/ctl/terminal_text.h"
#include "tools/ctl/time_text.h"

namespace signet::ctl {
namespace {

std::string ttl_text(const JsonValue& client) {
  const JsonValue* ttl = client.find("ttl");
  const int64_t seconds = ttl == nullptr ? 0 : ttl->as_integer().value_or(0);
  return seconds == 0 ? "server default" : duration_text(seconds);
}

std::string secret_text(const JsonValue& secret) {
  const std::string last_used = text_of(secret, "last_used");
  return fmt::format("made {}, last used {}", text_of(secret, "created_at"), last_used.empty() ? "never" : last_used);
}

}  // namespace

std::string client_details(const JsonValue& client) {
  NamedValues lines;
  lines.add("client", text_of(client, "client_id"));
  lines.add("tenant", text_of(client, "tenant"));
  lines.add("enabled", text_of(client, "enabled"));
  lines.add("grants", joined(client, "grants"));
  lines.add("scope", text_of(client, "scope"));
  lines.add("audiences", joined(client, "audiences"));
  lines.add("introspect", joined(client, "introspect"));
  lines.add("alg", text_of(client, "alg"));
  lines.add("ttl", ttl_text(client));
  lines.add("feed", text_of(client, "feed"));
  lines.add("refresh with credentials", text_of(client, "refresh_with_credentials"));
  const JsonValue* secrets = client.find("secrets");
  const JsonValue::Array* list = secrets == nullptr ? nullptr : secrets->as_array();
  if (list == nullptr || list->empty()) lines.add("secret", "none yet: `signetctl client rotate-secret` makes one");
  for (size_t i = 0; list != nullptr && i < list->size(); ++i) {
    lines.add(fmt::format("secret {}", i + 1), secret_text((*list)[i]));
  }
  lines.add("password", text_of(client, "password"));
  lines.add("created", text_of(client, "created_at"));
  lines.add("revision", text_of(client, "revision"));
  return lines.render();
}

Table client_table() {
  return Table({{"CLIENT"},
                {"TENANT"},
                {"ENABLED"},
                {"ALG"},
                {"TTL", Align::kRight},
                {"SECRETS", Align::kRight},
                {"GRANTS"},
                {"SCOPE"}});
}

void add_client_row(Table& table, const JsonValue& client) {
  const JsonValue* secrets = client.find("secrets");
  const size_t count = secrets == nullptr || secrets->as_array() == nullptr ? 0 : secrets->as_array()->size();
  const std::string ttl = text_of(client, "ttl");
  table.add_row({text_of(client, "client_id"), text_of(client, "tenant"), text_of(client, "enabled"),
                 text_of(client, "alg"), ttl == "0" ? "" : ttl, std::to_string(count), joined(client, "grants"),
                 text_of(client, "scope")});
}

Outcome show_client(Call& call, const HttpAnswer& answer) {
  const auto client = read_answer(answer.body);
  if (!client) return std::unexpected(client.error());
  if (call.json()) {
    call.print_json(compact_json(*client));
    return {};
  }
  call.print(client_details(*client));
  if (const std::string* secret = client->find_string("client_secret")) {
    call.print("\n" + escape_for_terminal("client_secret: " + *secret) + "\n");
    call.note("The secret is shown this once and kept only as a hash.");
  }
  return {};
}

}  // namespace signet::ctl
