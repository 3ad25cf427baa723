// signetctl vault seal, rekey
#include "tools/ctl/commands.h"
#include "tools/ctl/json_text.h"
#include "tools/ctl/vault_wait.h"

namespace signet::ctl {

Outcome vault_seal(Call& call) {
  Arguments arguments = call.new_arguments();
  bool yes = false;
  arguments.flag("--yes", yes, "Do not ask");
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  if (!yes && !call.confirm("Seal the vault? Nothing is issued or checked until it is unsealed.")) {
    return std::unexpected(Failure{"the vault stays open"});
  }
  const auto answer = call.admin().call("POST", "/v1/vault/seal", "{}");
  if (!answer) return std::unexpected(answer.error());
  if (!call.json()) call.note("the daemon answers what is under way and forgets its keys");
  if (auto sealed = wait_for_vault(call, "sealed"); !sealed) return sealed;
  if (call.json()) {
    call.print_json(answer->body);
  } else {
    call.note("the vault is sealed until signetctl vault unseal");
  }
  return {};
}

Outcome vault_rekey(Call& call) {
  Arguments arguments = call.new_arguments();
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  const auto answer = call.admin().call("POST", "/v1/vault/rekey", "{}");
  if (!answer) return std::unexpected(answer.error());
  const auto body = read_answer(answer->body);
  if (!body) return std::unexpected(body.error());
  if (call.json()) {
    call.print_json(compact_json(*body));
  } else {
    call.note("root key of generation " + text_of(*body, "generation") + ": " + text_of(*body, "cells") +
              " secrets are sealed anew; every slot opens it as before");
  }
  return {};
}

}  // namespace signet::ctl
