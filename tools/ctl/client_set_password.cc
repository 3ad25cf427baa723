// signetctl client set-password: for clients that stand for a person or a legacy account.
#include "protocol/base/secret_bytes.h"
#include "tools/ctl/client_options.h"
#include "tools/ctl/client_text.h"
#include "tools/ctl/commands.h"
#include "tools/ctl/password_input.h"

namespace signet::ctl {

Outcome client_set_password(Call& call) {
  Arguments arguments = call.new_arguments();
  std::string id;
  std::optional<std::string> tenant;
  bool from_stdin = false;
  arguments.positional("ID", id, "Client id");
  arguments.option("--tenant", "TENANT", tenant, "Tenant; `default` when not given");
  arguments.flag("--stdin", from_stdin, "Read it from stdin even when that is a terminal, instead of asking");
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  auto password = read_password(call, !from_stdin);
  if (!password) return std::unexpected(password.error());
  std::string body = compose_json([&](JsonWriter& to) {
    to.begin_object();
    to.member("password", *password);
    to.end_object();
  });
  wipe_text(*password);
  const auto answer = call.admin().call("POST", target_of_client(id, tenant, "password"), body);
  wipe_text(body);
  if (!answer) return std::unexpected(answer.error());
  return show_client(call, *answer);
}

}  // namespace signet::ctl
