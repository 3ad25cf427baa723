// signetctl key plan: what happens to the keys by itself, and when.
#include "tools/ctl/client_options.h"
#include "tools/ctl/commands.h"
#include "tools/ctl/key_text.h"

namespace signet::ctl {

Outcome key_plan(Call& call) {
  Arguments arguments = call.new_arguments();
  std::optional<std::string> tenant;
  std::optional<uint64_t> days;
  arguments.option("--tenant", "TENANT", tenant, "Tenant; all of them when not given");
  arguments.option("--days", "DAYS", days, 1, 3650, "How far to look; 180 when not given");
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  std::string target = with_tenant("/v1/keys/plan", tenant);
  if (days) target += (tenant ? "&days=" : "?days=") + std::to_string(*days);
  const auto answer = call.admin().call("GET", target);
  if (!answer) return std::unexpected(answer.error());
  const auto body = read_answer(answer->body);
  if (!body) return std::unexpected(body.error());
  const JsonValue* plan = body->find("plan");
  if (plan == nullptr || plan->as_array() == nullptr) {
    return std::unexpected(Failure{"the daemon's answer has no plan"});
  }
  if (call.json()) {
    call.print_json(compact_json(*body));
    return {};
  }
  Table table({{"WHEN"}, {"WHAT"}, {"TENANT"}, {"ALG"}, {"DIALECT"}, {"KID"}});
  for (const JsonValue& step : *plan->as_array()) {
    const std::string kid = text_of(step, "kid");
    table.add_row({text_of(step, "at"), text_of(step, "what"), text_of(step, "tenant"), text_of(step, "alg"),
                   text_of(step, "dialect"), kid.empty() ? "(made then)" : kid});
  }
  if (table.empty()) {
    call.note("nothing happens to the keys by itself");
  } else {
    call.print(table.render());
  }
  return {};
}

}  // namespace signet::ctl
