// signetctl vault init, unseal, check: what opens the vault.
#include <fmt/format.h>

#include "protocol/base/secret_bytes.h"
#include "tools/ctl/commands.h"
#include "tools/ctl/input.h"
#include "tools/ctl/json_text.h"
#include "tools/ctl/vault_secret.h"
#include "tools/ctl/vault_wait.h"

namespace signet::ctl {
namespace {

// Sends a body with a secret in it, and forgets it.
std::expected<std::string, Failure> send(Call& call, const std::string& path, std::string body) {
  const auto answer = call.admin().call("POST", path, body);
  wipe_text(body);
  if (!answer) return std::unexpected(answer.error());
  return answer->body;
}

// One share of stdin at a time, so that each holder gives his own: the daemon tells how many it has.
std::expected<std::string, Failure> send_share(Call& call) {
  auto text = read_all(call.streams().in, 1024, "the share on stdin");
  if (!text) return std::unexpected(text.error());
  while (text->ends_with('\n') || text->ends_with('\r') || text->ends_with(' ')) text->pop_back();
  std::string body = compose_json([&](JsonWriter& to) {
    to.begin_object();
    to.member("share", *text);
    to.end_object();
  });
  wipe_text(*text);
  return send(call, "/v1/vault/unseal", std::move(body));
}

}  // namespace

Outcome vault_init(Call& call) {
  Arguments arguments = call.new_arguments();
  NewSecret secret;
  secret.bind(arguments);
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  auto body = secret.body(call);
  if (!body) return std::unexpected(body.error());
  auto files = make_share_files(secret);
  if (!files) return std::unexpected(files.error());
  const auto answer = send(call, "/v1/vault/init", *std::move(body));
  if (!answer) return std::unexpected(answer.error());
  // What was made is told first: nothing else knows it.
  if (auto shown = show_new_slot(call, *answer, *std::move(files)); !shown) return shown;
  return wait_for_vault(call, "unsealed");
}

Outcome vault_unseal(Call& call) {
  Arguments arguments = call.new_arguments();
  GivenSecret secret;
  secret.bind(arguments);
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  std::expected<std::string, Failure> answer;
  if (secret.share && !secret.key_file && !secret.credential && !secret.passphrase) {
    answer = send_share(call);
  } else {
    auto body = secret.body(call);
    if (!body) return std::unexpected(body.error());
    answer = send(call, "/v1/vault/unseal", *std::move(body));
  }
  if (!answer) return std::unexpected(answer.error());
  const auto state = read_answer(*answer);
  if (!state) return std::unexpected(state.error());
  const bool open = text_of(*state, "state") == "unsealed";
  if (open && !call.json()) call.note("the vault is open; the daemon starts");
  if (open) {
    if (auto serves = wait_for_vault(call, "unsealed"); !serves) return serves;
  }
  if (call.json()) {
    call.print_json(compact_json(*state));
  } else if (!open) {
    call.note(fmt::format("{} shares so far: more are needed", text_of(*state, "shares_given")));
  }
  return {};
}

Outcome vault_check(Call& call) {
  Arguments arguments = call.new_arguments();
  GivenSecret secret;
  secret.bind(arguments);
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  auto body = secret.body(call);
  if (!body) return std::unexpected(body.error());
  const auto answer = send(call, "/v1/vault/check", *std::move(body));
  if (!answer) return std::unexpected(answer.error());
  const auto slot = read_answer(*answer);
  if (!slot) return std::unexpected(slot.error());
  if (call.json()) {
    call.print_json(compact_json(*slot));
  } else {
    call.note("it opens slot " + text_of(*slot, "number"));
  }
  return {};
}

}  // namespace signet::ctl
