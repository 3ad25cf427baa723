// signetctl tenant show
#include "tools/ctl/commands.h"
#include "tools/ctl/json_text.h"
#include "tools/ctl/tenant_options.h"

namespace signet::ctl {

Outcome tenant_show(Call& call) {
  Arguments arguments = call.new_arguments();
  std::string name;
  arguments.positional("NAME", name, "Tenant");
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  const auto answer = call.admin().call("GET", "/v1/tenants/" + percent_encode(name));
  if (!answer) return std::unexpected(answer.error());
  return show_tenant(call, answer->body);
}

}  // namespace signet::ctl
