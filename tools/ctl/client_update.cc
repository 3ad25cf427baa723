// signetctl client update
#include "tools/ctl/client_options.h"
#include "tools/ctl/client_text.h"
#include "tools/ctl/commands.h"

namespace signet::ctl {

Outcome client_update(Call& call) {
  Arguments arguments = call.new_arguments();
  std::string id;
  std::optional<std::string> tenant;
  ClientOptions options;
  arguments.positional("ID", id, "Client id");
  arguments.option("--tenant", "TENANT", tenant, "Tenant; `default` when not given");
  options.bind(arguments);
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  if (std::string fault = options.fault(); !fault.empty()) return std::unexpected(usage_failure(std::move(fault)));
  if (options.empty()) return std::unexpected(usage_failure("nothing to change: give at least one option"));
  const std::string body = compose_json([&](JsonWriter& to) {
    to.begin_object();
    options.write_members(to);
    to.end_object();
  });
  const auto answer = call.admin().call("PATCH", target_of_client(id, tenant), body);
  if (!answer) return std::unexpected(answer.error());
  return show_client(call, *answer);
}

}  // namespace signet::ctl
