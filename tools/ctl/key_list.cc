// signetctl key list
#include "tools/ctl/client_options.h"
#include "tools/ctl/commands.h"
#include "tools/ctl/key_text.h"

namespace signet::ctl {

Outcome key_list(Call& call) {
  Arguments arguments = call.new_arguments();
  std::optional<std::string> tenant;
  arguments.option("--tenant", "TENANT", tenant, "Tenant; `default` when not given");
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  const auto answer = call.admin().call("GET", with_tenant("/v1/keys", tenant));
  if (!answer) return std::unexpected(answer.error());
  const auto body = read_answer(answer->body);
  if (!body) return std::unexpected(body.error());
  const JsonValue* keys = body->find("keys");
  if (keys == nullptr || keys->as_array() == nullptr) {
    return std::unexpected(Failure{"the daemon's answer has no list of keys"});
  }
  if (call.json()) {
    call.print_json(compact_json(*body));
    return {};
  }
  Table table = key_table();
  for (const JsonValue& key : *keys->as_array()) add_key_row(table, key);
  if (table.empty()) {
    call.note("no keys");
  } else {
    call.print(table.render());
  }
  return {};
}

}  // namespace signet::ctl
