// signetctl key rotate: another key in the place of the one that signs; gracefully, or at once because the old one is
// compromised.
#include "protocol/jose/algorithm.h"
#include "tools/ctl/client_options.h"
#include "tools/ctl/commands.h"
#include "tools/ctl/json_text.h"
#include "tools/ctl/key_text.h"
#include "tools/ctl/time_text.h"

namespace signet::ctl {
namespace {

struct RotateOptions {
  std::optional<std::string> tenant, kid, algorithm, audience, dialect, at;
  bool compromised = false;
  bool before_verifiers_know = false;

  void bind(Arguments& arguments) {
    arguments.option("--tenant", "TENANT", tenant, "Tenant; `default` when not given");
    arguments.positional("KID", kid, "The key to replace, or a pending one that is to sign");
    arguments.option("--alg", "ALG", algorithm,
                     "The algorithm whose key is to be replaced; EdDSA when nothing is named");
    arguments.option("--audience", "URI", audience, "HMAC: the one resource server that holds the key");
    arguments.option("--dialect", "NAME", dialect, "The dialect whose key is to be replaced");
    arguments.option("--at", "TIME", at, "Sign from then on (RFC 3339); as soon as verifiers know it when not given");
    arguments.flag("--compromised", compromised,
                   "Withdraw the old key at once and revoke all that it signed; verifiers may refuse new tokens until "
                   "they load the key set again");
    arguments.flag("--before-verifiers-know", before_verifiers_know,
                   "Sign at once; verifiers refuse good tokens until they load the key set again");
  }
};

// The text of what is wrong together, else the instant of --at (0: none).
std::expected<UnixSeconds, std::string> check(const RotateOptions& options) {
  const int named = options.kid.has_value() + options.algorithm.has_value() + options.dialect.has_value();
  if (options.kid && named > 1) return std::unexpected("KID names the key: neither --alg nor --dialect beside it");
  if (options.algorithm) {
    if (std::string text = alg_fault(*options.algorithm); !text.empty()) return std::unexpected(std::move(text));
    const bool symmetric = is_symmetric(*parse_jws_algorithm(*options.algorithm));
    if (symmetric && !options.audience && !options.dialect) {
      return std::unexpected("an HMAC key belongs to one audience: name it with --audience");
    }
    if (!symmetric && options.audience) return std::unexpected("--audience is for HMAC keys only");
  } else if (options.audience) {
    return std::unexpected("--audience goes with --alg");
  }
  if (!options.at) return UnixSeconds{0};
  if (options.compromised) return std::unexpected("--compromised is at once: no --at");
  if (options.before_verifiers_know) return std::unexpected("--before-verifiers-know is at once: no --at");
  const auto at = parse_rfc3339(*options.at);
  if (!at) return std::unexpected("--at: expected a time such as 2030-01-31T12:00:00Z");
  return *at / 1000;
}

std::string request_body(const RotateOptions& options, UnixSeconds at) {
  return compose_json([&](JsonWriter& to) {
    to.begin_object();
    if (options.tenant) to.member("tenant", *options.tenant);
    if (options.kid) to.member("kid", *options.kid);
    if (options.algorithm) to.member("alg", *options.algorithm);
    if (!options.kid && !options.algorithm && !options.dialect) {
      to.member("alg", jws_algorithm_name(JwsAlgorithm::kEdDSA));  // as clients have it
    }
    if (options.audience) to.member("audience", *options.audience);
    if (options.dialect) to.member("dialect", *options.dialect);
    if (at != 0) to.member_integer("at", at);
    if (options.compromised) to.member_boolean("compromised", true);
    if (options.before_verifiers_know) to.member_boolean("before_verifiers_know", true);
    to.end_object();
  });
}

bool is_there(const JsonValue* value) { return value != nullptr && value->as_object() != nullptr; }

void explain(Call& call, const JsonValue& answer, bool compromised) {
  const JsonValue* successor = answer.find("successor");
  const JsonValue* predecessor = answer.find("predecessor");
  if (compromised && is_there(predecessor)) {
    call.note("key " + text_of(*predecessor, "kid") +
              " is withdrawn: it is in no key set, and all that it signed until " + text_of(answer, "revoked_before") +
              " is revoked. Verifiers that only read the key set refuse it once " + "they load it again, after " +
              text_of(answer, "jwks_max_age") + " s at most.");
  }
  if (!is_there(successor)) return;
  const std::string kid = text_of(*successor, "kid");
  if (text_of(*successor, "status") == "pending") {
    call.note("key " + kid + " is published; it signs from " + text_of(*successor, "activate_at") +
              " on, without being told again");
    return;
  }
  call.note("key " + kid + " signs now");
  if (!compromised && is_there(predecessor)) {
    call.note("key " + text_of(*predecessor, "kid") + " stays published until " +
              text_of(*predecessor, "retires_from") + ", when no token of it can be alive any more");
  }
}

}  // namespace

Outcome key_rotate(Call& call) {
  Arguments arguments = call.new_arguments();
  RotateOptions options;
  options.bind(arguments);
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  const auto at = check(options);
  if (!at) return std::unexpected(usage_failure(at.error()));
  const auto answer = call.admin().call("POST", "/v1/keys/rotate", request_body(options, *at));
  if (!answer) return std::unexpected(answer.error());
  const auto body = read_answer(answer->body);
  if (!body) return std::unexpected(body.error());
  if (call.json()) {
    call.print_json(compact_json(*body));
    return {};
  }
  explain(call, *body, options.compromised);
  return {};
}

}  // namespace signet::ctl
