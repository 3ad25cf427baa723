// signetctl tenant update
#include "tools/ctl/commands.h"
#include "tools/ctl/json_text.h"
#include "tools/ctl/tenant_options.h"

namespace signet::ctl {

Outcome tenant_update(Call& call) {
  Arguments arguments = call.new_arguments();
  std::string name;
  TenantOptions options;
  arguments.positional("NAME", name, "Tenant");
  options.bind(arguments);
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  if (options.empty()) return std::unexpected(usage_failure("nothing to change: give at least one option"));
  const std::string body = compose_json([&](JsonWriter& to) {
    to.begin_object();
    options.write_members(to);
    to.end_object();
  });
  const auto answer = call.admin().call("PATCH", "/v1/tenants/" + percent_encode(name), body);
  if (!answer) return std::unexpected(answer.error());
  return show_tenant(call, answer->body);
}

}  // namespace signet::ctl
