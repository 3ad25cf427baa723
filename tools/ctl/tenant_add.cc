// signetctl tenant add
#include "tools/ctl/commands.h"
#include "tools/ctl/json_text.h"
#include "tools/ctl/tenant_options.h"

namespace signet::ctl {

Outcome tenant_add(Call& call) {
  Arguments arguments = call.new_arguments();
  std::string name;
  TenantOptions options;
  arguments.positional("NAME", name, "1-64 of a-z0-9-; its issuer ends in /t/NAME");
  options.bind(arguments);
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  const std::string body = compose_json([&](JsonWriter& to) {
    to.begin_object();
    to.member("name", name);
    options.write_members(to);
    to.end_object();
  });
  const auto answer = call.admin().call("POST", "/v1/tenants", body);
  if (!answer) return std::unexpected(answer.error());
  const auto tenant = read_answer(answer->body);
  if (!tenant) return std::unexpected(tenant.error());
  if (call.json()) {
    call.print_json(compact_json(*tenant));
  } else {
    call.note("tenant " + text_of(*tenant, "name") + " is added; give it keys with `signetctl key add --tenant " +
              name + " --alg EdDSA`");
  }
  return {};
}

}  // namespace signet::ctl
