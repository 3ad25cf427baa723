// signetctl key retire: ends the publication of a key before its time, or of one that never signed.
#include "tools/ctl/client_options.h"
#include "tools/ctl/commands.h"
#include "tools/ctl/json_text.h"
#include "tools/ctl/key_text.h"

namespace signet::ctl {

Outcome key_retire(Call& call) {
  Arguments arguments = call.new_arguments();
  std::string kid;
  std::optional<std::string> tenant;
  bool while_tokens_live = false, leave_without_key = false;
  arguments.positional("KID", kid, "The key's id, see `signetctl key list`");
  arguments.option("--tenant", "TENANT", tenant, "Tenant; `default` when not given");
  arguments.flag("--while-tokens-live", while_tokens_live,
                 "Although tokens that it signed may be alive: verifiers refuse them then");
  arguments.flag("--leave-without-key", leave_without_key,
                 "Although it signs and nothing takes its place: nothing is issued with its algorithm then");
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  const std::string body = compose_json([&](JsonWriter& to) {
    to.begin_object();
    if (while_tokens_live) to.member_boolean("while_tokens_live", true);
    if (leave_without_key) to.member_boolean("leave_without_key", true);
    to.end_object();
  });
  const auto answer =
      call.admin().call("POST", with_tenant("/v1/keys/" + percent_encode(kid) + "/retire", tenant), body);
  if (!answer) return std::unexpected(answer.error());
  const auto key = read_answer(answer->body);
  if (!key) return std::unexpected(key.error());
  if (call.json()) {
    call.print_json(compact_json(*key));
    return {};
  }
  Table table = key_table();
  add_key_row(table, *key);
  call.print(table.render());
  return {};
}

}  // namespace signet::ctl
