// signetctl client enable, client disable
#include "tools/ctl/client_options.h"
#include "tools/ctl/client_text.h"
#include "tools/ctl/commands.h"

namespace signet::ctl {
namespace {

Outcome switch_client(Call& call, const std::string& action) {
  Arguments arguments = call.new_arguments();
  std::string id;
  std::optional<std::string> tenant;
  arguments.positional("ID", id, "Client id");
  arguments.option("--tenant", "TENANT", tenant, "Tenant; `default` when not given");
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  const auto answer = call.admin().call("POST", target_of_client(id, tenant, action), "{}");
  if (!answer) return std::unexpected(answer.error());
  if (call.json()) return show_client(call, *answer);
  call.note(id + " is " + action + "d");
  return {};
}

}  // namespace

Outcome client_enable(Call& call) { return switch_client(call, "enable"); }
Outcome client_disable(Call& call) { return switch_client(call, "disable"); }

}  // namespace signet::ctl
