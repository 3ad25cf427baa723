// signetctl api-key remove
#include "tools/ctl/client_options.h"
#include "tools/ctl/commands.h"
#include "tools/ctl/json_text.h"

namespace signet::ctl {

Outcome api_key_remove(Call& call) {
  Arguments arguments = call.new_arguments();
  std::string id;
  std::optional<std::string> tenant;
  bool yes = false;
  arguments.positional("ID", id, "The key's id, see `signetctl api-key list`");
  arguments.option("--tenant", "TENANT", tenant, "Tenant; `default` when not given");
  arguments.flag("--yes", yes, "Do not ask");
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  if (!yes && !call.confirm("Remove API key " + id + "? Whoever holds it is shut out for good.")) {
    return std::unexpected(Failure{"nothing was removed"});
  }
  const auto answer = call.admin().call("DELETE", with_tenant("/v1/api-keys/" + percent_encode(id), tenant));
  if (!answer) return std::unexpected(answer.error());
  if (call.json()) {
    call.print_json(compose_json([&](JsonWriter& to) {
      to.begin_object();
      to.member("removed", id);
      to.end_object();
    }));
  } else {
    call.note(id + " is removed; tokens that it gave live until they expire");
  }
  return {};
}

}  // namespace signet::ctl
