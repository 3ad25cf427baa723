// signetctl client remove
#include "tools/ctl/client_options.h"
#include "tools/ctl/commands.h"
#include "tools/ctl/json_text.h"

namespace signet::ctl {

Outcome client_remove(Call& call) {
  Arguments arguments = call.new_arguments();
  std::string id;
  std::optional<std::string> tenant;
  bool yes = false;
  arguments.positional("ID", id, "Client id");
  arguments.option("--tenant", "TENANT", tenant, "Tenant; `default` when not given");
  arguments.flag("--yes", yes, "Do not ask");
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  if (!yes && !call.confirm("Remove client " + id + "? Its secrets stop working for good.")) {
    return std::unexpected(Failure{"nothing was removed"});
  }
  const auto answer = call.admin().call("DELETE", target_of_client(id, tenant));
  if (!answer) return std::unexpected(answer.error());
  if (call.json()) {
    call.print_json(compose_json([&](JsonWriter& to) {
      to.begin_object();
      to.member("removed", id);
      to.end_object();
    }));
  } else {
    call.note(id + " is removed");
  }
  return {};
}

}  // namespace signet::ctl
