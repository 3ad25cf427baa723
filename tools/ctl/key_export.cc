// signetctl key export: public halves of keys, for verifiers that do not fetch the key set.
#include "protocol/jose/jwk.h"
#include "tools/ctl/client_options.h"
#include "tools/ctl/commands.h"
#include "tools/ctl/json_text.h"
#include "tools/ctl/public_pem.h"

namespace signet::ctl {
namespace {

struct ExportOptions {
  std::optional<std::string> kid, tenant, format;
  bool jwks = false;

  void bind(Arguments& arguments) {
    arguments.positional("KID", kid, "The key's id, see `signetctl key list`");
    arguments.option("--tenant", "TENANT", tenant, "Tenant; `default` when not given");
    arguments.option("--format", "FORMAT", format, "jwk, or pem (SubjectPublicKeyInfo); jwk when not given");
    arguments.flag("--jwks", jwks, "All published keys of the tenant, as its key set has them");
  }
  std::string fault() const {
    if (jwks == kid.has_value()) return "expected either KID or --jwks";
    if (jwks && format) return "--format goes with one KID: a key set is JSON";
    if (format && *format != "jwk" && *format != "pem") return "--format: expected jwk or pem";
    return {};
  }
};

Outcome print_pem(Call& call, const std::string& text) {
  const auto jwk = parse_jwk(text);
  if (!jwk) return std::unexpected(Failure{"the daemon's answer is no public key"});
  const std::string pem = public_pem(*jwk);
  if (!call.json()) {
    call.print(pem);
    return {};
  }
  call.print_json(compose_json([&](JsonWriter& to) {
    to.begin_object();
    to.member("kid", jwk->kid);
    to.member("pem", pem);
    to.end_object();
  }));
  return {};
}

}  // namespace

Outcome key_export(Call& call) {
  Arguments arguments = call.new_arguments();
  ExportOptions options;
  options.bind(arguments);
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  if (std::string fault = options.fault(); !fault.empty()) return std::unexpected(usage_failure(std::move(fault)));
  const std::string path = options.jwks ? "/v1/keys/public" : "/v1/keys/" + percent_encode(*options.kid) + "/public";
  const auto answer = call.admin().call("GET", with_tenant(path, options.tenant));
  if (!answer) return std::unexpected(answer.error());
  if (options.format == "pem") return print_pem(call, answer->body);
  const auto document = read_answer(answer->body);
  if (!document) return std::unexpected(document.error());
  call.print_json(compact_json(*document));
  return {};
}

}  // namespace signet::ctl
