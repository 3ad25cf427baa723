// signetctl vault status
#include <fmt/format.h>

#include "tools/ctl/commands.h"
#include "tools/ctl/json_text.h"
#include "tools/ctl/table.h"

namespace signet::ctl {

Outcome vault_status(Call& call) {
  Arguments arguments = call.new_arguments();
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  const auto answer = call.admin().call("GET", "/v1/vault");
  if (!answer) return std::unexpected(answer.error());
  const auto body = read_answer(answer->body);
  if (!body) return std::unexpected(body.error());
  if (call.json()) {
    call.print_json(compact_json(*body));
    return {};
  }
  const std::string state = text_of(*body, "state");
  if (state == "absent") {
    call.print("there is no vault yet: signetctl vault init\n");
    return {};
  }
  call.print(fmt::format("{}, root key of generation {}{}\n", state, text_of(*body, "generation"),
                         text_of(*body, "rekeying") == "yes" ? ", being changed" : ""));
  Table table({{"SLOT", Align::kRight}, {"KIND"}, {"OPENS WITH"}});
  const JsonValue* slots = body->find("slots");
  if (slots == nullptr || slots->as_array() == nullptr) return {};
  for (const JsonValue& slot : *slots->as_array()) {
    const std::string shares = text_of(slot, "shares");
    table.add_row({text_of(slot, "number"), text_of(slot, "kind"),
                   shares.empty() ? "" : fmt::format("{} of {} shares", text_of(slot, "threshold"), shares)});
  }
  call.print(table.render());
  return {};
}

}  // namespace signet::ctl
