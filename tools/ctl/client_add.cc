// signetctl client add
#include "tools/ctl/client_options.h"
#include "tools/ctl/client_text.h"
#include "tools/ctl/commands.h"
#include "tools/ctl/input.h"
#include "tools/ctl/password_input.h"

namespace signet::ctl {

Outcome client_add(Call& call) {
  Arguments arguments = call.new_arguments();
  std::string id;
  std::optional<std::string> tenant;
  bool secret_stdin = false;
  bool password_stdin = false;
  ClientOptions options;
  arguments.positional("ID", id, "Client id: 1-128 of A-Za-z0-9-._~");
  arguments.option("--tenant", "TENANT", tenant, "Tenant; `default` when not given");
  options.bind(arguments);
  arguments.flag("--secret-stdin", secret_stdin, "Read its secret from stdin instead of having one generated");
  arguments.flag("--password-stdin", password_stdin,
                 "It stands for a person: read a password from stdin, and have no secret generated");
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  if (std::string fault = options.fault(); !fault.empty()) return std::unexpected(usage_failure(std::move(fault)));
  if (secret_stdin && password_stdin) {
    return std::unexpected(usage_failure("give --secret-stdin or --password-stdin, not both"));
  }
  std::string password;
  if (password_stdin) {
    auto read = read_password(call, true);
    if (!read) return std::unexpected(read.error());
    password = *std::move(read);
  }
  std::string secret;
  if (secret_stdin) {
    auto read = read_secret(call.streams().in);
    if (!read) return std::unexpected(read.error());
    secret = *std::move(read);
  }
  const std::string body = compose_json([&](JsonWriter& to) {
    to.begin_object();
    to.member("client_id", id);
    if (tenant) to.member("tenant", *tenant);
    options.write_members(to);
    if (secret_stdin) to.member("client_secret", secret);
    if (password_stdin) to.member("password", password);
    to.end_object();
  });
  const auto answer = call.admin().call("POST", "/v1/clients", body);
  if (!answer) return std::unexpected(answer.error());
  return show_client(call, *answer);
}

}  // namespace signet::ctl
