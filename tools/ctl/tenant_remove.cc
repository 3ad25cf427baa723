// signetctl tenant remove
#include "tools/ctl/commands.h"
#include "tools/ctl/json_text.h"

namespace signet::ctl {

Outcome tenant_remove(Call& call) {
  Arguments arguments = call.new_arguments();
  std::string name;
  bool force = false;
  bool yes = false;
  arguments.positional("NAME", name, "Tenant");
  arguments.flag("--force", force, "Even when it has clients or keys that are not retired: they go with it");
  arguments.flag("--yes", yes, "Do not ask");
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  const std::string question = "Remove tenant " + name + (force ? " with all of its clients and keys?" : "?");
  if (!yes && !call.confirm(question)) return std::unexpected(Failure{"nothing was removed"});
  const auto answer = call.admin().call("DELETE", "/v1/tenants/" + percent_encode(name) + (force ? "?force=1" : ""));
  if (!answer) return std::unexpected(answer.error());
  if (call.json()) {
    call.print_json(compose_json([&](JsonWriter& to) {
      to.begin_object();
      to.member("removed", name);
      to.end_object();
    }));
  } else {
    call.note("tenant " + name + " is removed");
  }
  return {};
}

}  // namespace signet::ctl
