// signetctl tenant list
#include "tools/ctl/commands.h"
#include "tools/ctl/json_text.h"
#include "tools/ctl/table.h"

namespace signet::ctl {

Outcome tenant_list(Call& call) {
  Arguments arguments = call.new_arguments();
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  const auto answer = call.admin().call("GET", "/v1/tenants");
  if (!answer) return std::unexpected(answer.error());
  const auto body = read_answer(answer->body);
  if (!body) return std::unexpected(body.error());
  const JsonValue* tenants = body->find("tenants");
  if (tenants == nullptr || tenants->as_array() == nullptr) {
    return std::unexpected(Failure{"the daemon's answer has no list of tenants"});
  }
  if (call.json()) {
    call.print_json(compact_json(*body));
    return {};
  }
  Table table({{"TENANT"}, {"NUMBER", Align::kRight}, {"CREATED"}});
  for (const JsonValue& tenant : *tenants->as_array()) {
    table.add_row({text_of(tenant, "name"), text_of(tenant, "number"), text_of(tenant, "created_at")});
  }
  call.print(table.render());
  return {};
}

}  // namespace signet::ctl
