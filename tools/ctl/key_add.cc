// signetctl key add
#include <algorithm>

#include "protocol/jose/algorithm.h"
#include "tools/ctl/client_options.h"
#include "tools/ctl/commands.h"
#include "tools/ctl/key_text.h"

namespace signet::ctl {
namespace {

// The sizes that the daemon makes.
constexpr uint64_t kRsaBits[] = {2048, 3072, 4096};
constexpr uint64_t kRsaBitsDefault = 3072;

struct KeyOptions {
  std::optional<std::string> tenant;
  std::string algorithm;
  std::optional<std::string> audience;
  std::optional<std::string> dialect;
  std::optional<uint64_t> bits;
  std::optional<std::string> pkcs11;  // the label, perhaps empty
  std::optional<std::string> pkcs11_id;
};

std::string fault(const KeyOptions& options) {
  if (options.algorithm.empty()) return "--alg is required";
  if (std::string text = alg_fault(options.algorithm); !text.empty()) return text;
  const JwsAlgorithm algorithm = *parse_jws_algorithm(options.algorithm);
  const bool in_token = options.pkcs11 || options.pkcs11_id;
  if (in_token && is_symmetric(algorithm)) {
    return "an HMAC key cannot live in a token: its resource server needs the secret itself";
  }
  if (options.pkcs11_id && options.pkcs11 && !options.pkcs11->empty()) return "an object that is there keeps its label";
  if (options.pkcs11_id && options.bits) return "a key that is there has the size that it has";
  if (options.dialect && options.audience) return "a dialect's key belongs to no audience";
  if (is_symmetric(algorithm) && !options.audience && !options.dialect) {
    return "an HMAC key belongs to one audience: name it with --audience";
  }
  if (!is_symmetric(algorithm) && options.audience) return "--audience is for HMAC keys only";
  if (!is_rsa(algorithm) && options.bits) return "--bits is for RSA keys (PS256, RS256) only";
  if (options.bits && std::ranges::find(kRsaBits, *options.bits) == std::ranges::end(kRsaBits)) {
    return "--bits is 2048, 3072 or 4096";
  }
  return "";
}

std::string request_body(const KeyOptions& options) {
  return compose_json([&](JsonWriter& to) {
    to.begin_object();
    if (options.tenant) to.member("tenant", *options.tenant);
    to.member("alg", options.algorithm);
    if (options.audience) to.member("audience", *options.audience);
    if (options.dialect) to.member("dialect", *options.dialect);
    if (options.bits) to.member_integer("bits", static_cast<int64_t>(*options.bits));
    if (options.pkcs11 || options.pkcs11_id) {
      to.key("pkcs11");
      to.begin_object();
      if (options.pkcs11 && !options.pkcs11->empty()) to.member("label", *options.pkcs11);
      if (options.pkcs11_id) to.member("id", *options.pkcs11_id);
      to.end_object();
    }
    to.end_object();
  });
}

}  // namespace

Outcome key_add(Call& call) {
  Arguments arguments = call.new_arguments();
  KeyOptions options;
  arguments.option("--tenant", "TENANT", options.tenant, "Tenant; `default` when not given");
  arguments.option("--alg", "ALG", options.algorithm, "Algorithm that the key signs with");
  arguments.option("--audience", "URI", options.audience, "HMAC: the one resource server that will hold the key");
  arguments.option("--dialect", "NAME", options.dialect, "The one dialect that the key signs for, and nothing else");
  arguments.option("--bits", "BITS", options.bits, std::ranges::min(kRsaBits), std::ranges::max(kRsaBits),
                   "RSA: 2048, 3072 or 4096; 3072 when not given");
  arguments.option_with_or_without("--pkcs11", "LABEL", options.pkcs11,
                                   "Make it in the PKCS#11 token that is configured; it never leaves it");
  arguments.option("--pkcs11-id", "HEX", options.pkcs11_id, "Adopt the token's key of this CKA_ID instead");
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  if (std::string text = fault(options); !text.empty()) return std::unexpected(usage_failure(std::move(text)));
  if (options.bits && *options.bits < kRsaBitsDefault) {
    call.note(
        "warning: RSA keys below 3072 bits are under the 128-bit security level (NIST SP 800-57); use one only "
        "for peers that take nothing else");
  }
  const auto answer = call.admin().call("POST", "/v1/keys", request_body(options));
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
