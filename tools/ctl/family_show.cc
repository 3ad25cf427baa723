// signetctl family show
#include "tools/ctl/commands.h"
#include "tools/ctl/family_text.h"

namespace signet::ctl {

Outcome family_show(Call& call) {
  Arguments arguments = call.new_arguments();
  std::string id;
  std::optional<std::string> tenant;
  arguments.positional("ID", id, "Family: the claim sid of its access tokens");
  arguments.option("--tenant", "TENANT", tenant, "Tenant; `default` when not given");
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  std::string target = "/v1/families/" + percent_encode(id);
  if (tenant) target += "?tenant=" + percent_encode(*tenant);
  const auto answer = call.admin().call("GET", target);
  if (!answer) return std::unexpected(answer.error());
  const auto family = read_answer(answer->body);
  if (!family) return std::unexpected(family.error());
  call.json() ? call.print_json(compact_json(*family)) : call.print(family_details(*family));
  return {};
}

}  // namespace signet::ctl
