// signetctl client drop-secret: ends a roll-over by dropping the older of two secrets.
#include "tools/ctl/client_options.h"
#include "tools/ctl/client_text.h"
#include "tools/ctl/commands.h"

namespace signet::ctl {

Outcome client_drop_secret(Call& call) {
  Arguments arguments = call.new_arguments();
  std::string id;
  std::optional<std::string> tenant;
  bool all = false;
  arguments.positional("ID", id, "Client id");
  arguments.option("--tenant", "TENANT", tenant, "Tenant; `default` when not given");
  arguments.flag("--all", all, "Drop every secret: the client cannot authenticate until rotate-secret");
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  const std::string target = target_of_client(id, tenant, "drop-secret");
  const auto answer = call.admin().call("POST", target, all ? "{\"all\":true}" : "{}");
  if (!answer) return std::unexpected(answer.error());
  return show_client(call, *answer);
}

}  // namespace signet::ctl
