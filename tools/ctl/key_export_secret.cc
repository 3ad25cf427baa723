// signetctl key export-secret: an HMAC key as JSON Web Key (RFC 7517, kty "oct"), for the one resource server it
// belongs to.
#include "tools/ctl/client_options.h"
#include "tools/ctl/commands.h"
#include "tools/ctl/json_text.h"
#include "tools/ctl/secret_file.h"

namespace signet::ctl {
namespace {

std::string as_jwk(const JsonValue& key) {
  return compose_json([&](JsonWriter& to) {
    to.begin_object();
    to.member("kty", "oct");
    to.member("k", *key.find_string("k"));
    for (const JsonMember& member : *key.as_object()) {
      if (member.name == "k" || member.name == "kty") continue;
      to.key_text(member.name);
      write_value(to, member.value);
    }
    to.end_object();
  });
}

}  // namespace

Outcome key_export_secret(Call& call) {
  Arguments arguments = call.new_arguments();
  std::string kid;
  std::optional<std::string> tenant;
  std::optional<std::string> out;
  arguments.positional("KID", kid, "The key's id, see `signetctl key list`");
  arguments.option("--tenant", "TENANT", tenant, "Tenant; `default` when not given");
  arguments.option("--out", "FILE", out, "Write it to a new file of mode 0600 instead of stdout");
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  // The file first: an export is audited, so it must not fail afterwards for want of a place.
  std::optional<SecretFile> file;
  if (out) {
    auto made = SecretFile::create(*out);
    if (!made) return std::unexpected(made.error());
    file.emplace(*std::move(made));
  }
  const std::string target = with_tenant("/v1/keys/" + percent_encode(kid) + "/export-secret", tenant);
  const auto answer = call.admin().call("POST", target, "{}");
  if (!answer) return std::unexpected(answer.error());
  const auto key = read_answer(answer->body);
  if (!key) return std::unexpected(key.error());
  if (key->find_string("k") == nullptr) return std::unexpected(Failure{"the daemon's answer has no key in it"});
  const std::string* dialect = key->find_string("dialect");
  const std::string whose = dialect != nullptr ? "resource servers that check tokens of the dialect " + *dialect
                                               : "the resource server of " + text_of(*key, "audience");
  call.note("warning: whoever checks HMAC tokens can forge them. Give this key to " + whose +
            " alone, over a protected channel.");
  if (!file) {
    call.print_json(as_jwk(*key));
    return {};
  }
  if (auto written = file->commit(as_jwk(*key) + "\n"); !written) return std::unexpected(written.error());
  if (call.json()) {
    call.print_json(compose_json([&](JsonWriter& to) {
      to.begin_object();
      to.member("kid", kid);
      to.member("file", *out);
      to.end_object();
    }));
  } else {
    call.note("written to " + *out);
  }
  return {};
}

}  // namespace signet::ctl
