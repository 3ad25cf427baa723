// signetctl token issue: a token by administrative act, without the client's secret.
#include <fmt/format.h>

#include "protocol/jwt/access_token.h"
#include "tools/ctl/client_options.h"
#include "tools/ctl/commands.h"
#include "tools/ctl/input.h"
#include "tools/ctl/json_text.h"
#include "tools/ctl/terminal_text.h"

namespace signet::ctl {
namespace {

constexpr size_t kClaimsSizeMax = 64 * 1024;
constexpr unsigned kClaimsDepthMax = 8;

struct TokenOptions {
  std::string client;
  std::optional<std::string> tenant;
  std::optional<std::string> subject;
  std::optional<std::vector<std::string>> scopes;
  std::optional<std::vector<std::string>> audiences;
  std::optional<uint64_t> ttl_s;
  bool refresh = false;
  bool claims_stdin = false;

  void bind(Arguments& arguments);
};

void TokenOptions::bind(Arguments& arguments) {
  arguments.option("--client", "ID", client, "Client that the token is issued to");
  arguments.option("--tenant", "TENANT", tenant, "Tenant; `default` when not given");
  arguments.option("--subject", "SUBJECT", subject, "Subject (claim sub); the client when not given");
  arguments.flag("--refresh", refresh, "Issue a refresh token too");
  arguments.list("--scope", "SCOPE", scopes, "Scope; several separated by spaces, or repeated; all when not given");
  arguments.list("--audience", "URI", audiences, "Audience; may be repeated; all of the client's when not given");
  arguments.option("--ttl", "SECONDS", ttl_s, 1, kAccessTokenLifetimeMaxS, "Lifetime");
  arguments.flag("--claims-stdin", claims_stdin, "Read further claims, a JSON object, from stdin");
}

// The object on stdin as JSON text; checked here, so that a mistake is told with its place.
std::expected<std::string, Failure> read_claims(std::FILE* from) {
  auto text = read_all(from, kClaimsSizeMax, "the claims on stdin");
  if (!text) return text;
  JsonReadOptions options;
  options.depth_max = kClaimsDepthMax;
  options.allow_fractions = true;
  const auto claims = read_json(*text, options);
  if (!claims) return std::unexpected(Failure{"the claims on stdin: " + describe(claims.error())});
  if (claims->as_object() == nullptr) return std::unexpected(Failure{"the claims on stdin are not a JSON object"});
  return compact_json(*claims);
}

std::string request_body(const TokenOptions& options, const std::string& claims) {
  return compose_json([&](JsonWriter& to) {
    to.begin_object();
    to.member("client_id", options.client);
    if (options.tenant) to.member("tenant", *options.tenant);
    if (options.subject) to.member("subject", *options.subject);
    if (options.scopes) to.member("scope", joined_scopes(*options.scopes));
    if (options.audiences) {
      to.key("audience");
      to.begin_array();
      for (const std::string& audience : *options.audiences) to.string(audience);
      to.end_array();
    }
    if (options.ttl_s) to.member_integer("ttl", static_cast<int64_t>(*options.ttl_s));
    if (options.refresh) to.member_boolean("refresh", true);
    if (!claims.empty()) to.key("claims"), to.raw(claims);
    to.end_object();
  });
}

}  // namespace

Outcome token_issue(Call& call) {
  Arguments arguments = call.new_arguments();
  TokenOptions options;
  options.bind(arguments);
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  if (options.client.empty()) return std::unexpected(usage_failure("--client is required"));
  std::string claims;
  if (options.claims_stdin) {
    auto read = read_claims(call.streams().in);
    if (!read) return std::unexpected(read.error());
    claims = *std::move(read);
  }
  const auto answer = call.admin().call("POST", "/v1/tokens", request_body(options, claims));
  if (!answer) return std::unexpected(answer.error());
  const auto token = read_answer(answer->body);
  if (!token) return std::unexpected(token.error());
  if (call.json()) {
    call.print_json(compact_json(*token));
    return {};
  }
  // The token alone on stdout, so that $(signetctl token issue ...) is usable as it is; with --refresh, the refresh
  // token on a line behind it.
  call.print(escape_for_terminal(text_of(*token, "access_token")) + "\n");
  if (options.refresh) call.print(escape_for_terminal(text_of(*token, "refresh_token")) + "\n");
  call.note(fmt::format("{} token, expires in {} s, scope {}", text_of(*token, "token_type"),
                        text_of(*token, "expires_in"), text_of(*token, "scope")));
  return {};
}

}  // namespace signet::ctl
