// signetctl key import: a key that was made elsewhere.
#include "protocol/base/base64url.h"
#include "protocol/jose/algorithm.h"
#include "tools/ctl/client_options.h"
#include "tools/ctl/commands.h"
#include "tools/ctl/input.h"
#include "tools/ctl/json_text.h"
#include "tools/ctl/key_material.h"
#include "tools/ctl/key_text.h"

namespace signet::ctl {
namespace {

constexpr size_t kFileSizeMax = 64 * 1024;

struct ImportOptions {
  std::string file;
  std::optional<std::string> tenant, algorithm, audience, dialect;

  void bind(Arguments& arguments) {
    arguments.positional("FILE", file, "PEM of PKCS#8, or a JWK; - for stdin");
    arguments.option("--tenant", "TENANT", tenant, "Tenant; `default` when not given");
    arguments.option("--alg", "ALG", algorithm, "Algorithm that the key signs with; a JWK may say it itself");
    arguments.option("--audience", "URI", audience, "HMAC: the one resource server that holds the key");
    arguments.option("--dialect", "NAME", dialect, "The one dialect that the key signs for, and nothing else");
  }
};

std::string request_body(const ImportOptions& options, const std::string& algorithm, const SecretBytes& material) {
  std::string encoded = base64url_text(material.expose());
  std::string body = compose_json([&](JsonWriter& to) {
    to.begin_object();
    if (options.tenant) to.member("tenant", *options.tenant);
    to.member("alg", algorithm);
    if (options.audience) to.member("audience", *options.audience);
    if (options.dialect) to.member("dialect", *options.dialect);
    to.member("material", encoded);
    to.end_object();
  });
  wipe_text(encoded);
  return body;
}

}  // namespace

Outcome key_import(Call& call) {
  Arguments arguments = call.new_arguments();
  ImportOptions options;
  options.bind(arguments);
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  if (options.algorithm) {
    if (std::string text = alg_fault(*options.algorithm); !text.empty()) return std::unexpected(usage_failure(text));
  }
  auto text = options.file == "-" ? read_all(call.streams().in, kFileSizeMax, "the key on stdin")
                                  : read_file(options.file, kFileSizeMax, "the key");
  if (!text) return std::unexpected(text.error());
  const auto material = read_key_material(*text);
  wipe_text(*text);
  if (!material) return std::unexpected(Failure{options.file + ": " + material.error()});
  const std::optional<std::string>& algorithm = options.algorithm ? options.algorithm : material->alg;
  if (!algorithm) return std::unexpected(usage_failure("--alg is required: the file does not say it"));
  if (options.algorithm && material->alg && *material->alg != *options.algorithm) {
    return std::unexpected(
        Failure{options.file + ": the JWK is for " + *material->alg + ", and a key has one algorithm"});
  }
  std::string body = request_body(options, *algorithm, material->octets);
  const auto answer = call.admin().call("POST", "/v1/keys/import", body);
  wipe_text(body);
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
  call.note("Whoever has the file can sign as this installation: destroy it, or keep it where keys are kept.");
  return {};
}

}  // namespace signet::ctl
