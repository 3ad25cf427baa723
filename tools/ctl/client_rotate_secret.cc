// signetctl client rotate-secret: a new secret beside the newest old one, so that two are live during a roll-over.
#include "tools/ctl/client_options.h"
#include "tools/ctl/client_text.h"
#include "tools/ctl/commands.h"
#include "tools/ctl/input.h"

namespace signet::ctl {

Outcome client_rotate_secret(Call& call) {
  Arguments arguments = call.new_arguments();
  std::string id;
  std::optional<std::string> tenant;
  bool secret_stdin = false;
  arguments.positional("ID", id, "Client id");
  arguments.option("--tenant", "TENANT", tenant, "Tenant; `default` when not given");
  arguments.flag("--secret-stdin", secret_stdin, "Read the new secret from stdin instead of having one generated");
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  std::string body = "{}";
  if (secret_stdin) {
    const auto secret = read_secret(call.streams().in);
    if (!secret) return std::unexpected(secret.error());
    body = compose_json([&](JsonWriter& to) {
      to.begin_object();
      to.member("client_secret", *secret);
      to.end_object();
    });
  }
  const auto answer = call.admin().call("POST", target_of_client(id, tenant, "rotate-secret"), body);
  if (!answer) return std::unexpected(answer.error());
  return show_client(call, *answer);
}

}  // namespace signet::ctl
