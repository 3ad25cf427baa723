// signetctl vault slot-add, slot-remove
#include "protocol/base/secret_bytes.h"
#include "tools/ctl/commands.h"
#include "tools/ctl/json_text.h"
#include "tools/ctl/vault_secret.h"

namespace signet::ctl {

Outcome vault_slot_add(Call& call) {
  Arguments arguments = call.new_arguments();
  NewSecret secret;
  secret.bind(arguments);
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  auto body = secret.body(call);
  if (!body) return std::unexpected(body.error());
  auto files = make_share_files(secret);
  if (!files) return std::unexpected(files.error());
  const auto answer = call.admin().call("POST", "/v1/vault/slots", *body);
  wipe_text(*body);
  if (!answer) return std::unexpected(answer.error());
  return show_new_slot(call, answer->body, *std::move(files));
}

Outcome vault_slot_remove(Call& call) {
  Arguments arguments = call.new_arguments();
  std::string number;
  bool yes = false;
  arguments.positional("SLOT", number, "The slot's number, see `signetctl vault status`");
  arguments.flag("--yes", yes, "Do not ask");
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  if (number.empty() || number.find_first_not_of("0123456789") != std::string::npos) {
    return std::unexpected(usage_failure("SLOT: expected a number"));
  }
  if (!yes && !call.confirm("Remove slot " + number + "? What opens it will open nothing any more.")) {
    return std::unexpected(Failure{"nothing was removed"});
  }
  const auto answer = call.admin().call("DELETE", "/v1/vault/slots/" + number);
  if (!answer) return std::unexpected(answer.error());
  if (call.json()) {
    call.print_json(answer->body);
  } else {
    call.note("slot " + number +
              " is gone. Whoever kept a copy of the vault file and what opened it still has the root key of then: "
              "signetctl vault rekey makes it worthless.");
  }
  return {};
}

}  // namespace signet::ctl
