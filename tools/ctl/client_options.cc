#include "tools/ctl/client_options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "protocol/base/nearest.h"
#include "protocol/jose/algorithm.h"
#include "protocol/jwt/access_token.h"
#include "tools/ctl/admin_client.h"

namespace signet::ctl {
namespace {

void write_list(JsonWriter& to, const std::vector<std::string>& values) {
  to.begin_array();
  for (const std::string& value : values) {
    if (!value.empty()) to.string(value);  // --audience "" empties the list
  }
  to.end_array();
}

}  // namespace

void ClientOptions::bind(Arguments& arguments) {
  arguments.list("--grant", "GRANT", grants, "client_credentials or refresh_token; may be repeated");
  arguments.list("--scope", "SCOPE", scopes, "Scope the client may ask for; several separated by spaces, or repeated");
  arguments.list("--audience", "URI", audiences, "Resource it may ask for (RFC 8707); may be repeated");
  arguments.list("--introspect", "URI", introspect, "Audience whose tokens it may introspect, or '*' for all");
  arguments.option("--alg", "ALG", algorithm, "Algorithm of its tokens: EdDSA, Ed25519, ES256, PS256, RS256, HS256...");
  arguments.option("--ttl", "SECONDS", ttl_s, 0, kAccessTokenLifetimeMaxS,
                   "Lifetime of its access tokens; 0 is the server's default");
  arguments.switch_pair("feed", feed, "It may follow the revocation feed", "It may not follow the revocation feed");
  arguments.switch_pair("refresh-with-credentials", refresh_with_credentials,
                        "client_credentials answers hold a refresh token",
                        "client_credentials answers hold no refresh token");
}

bool ClientOptions::empty() const {
  return !grants && !scopes && !audiences && !introspect && !algorithm && !ttl_s && !feed && !refresh_with_credentials;
}

std::string ClientOptions::fault() const { return algorithm ? alg_fault(*algorithm) : ""; }

void ClientOptions::write_members(JsonWriter& to) const {
  if (grants) to.key("grants"), write_list(to, *grants);
  if (scopes) to.member("scope", joined_scopes(*scopes));
  if (audiences) to.key("audiences"), write_list(to, *audiences);
  if (introspect) to.key("introspect"), write_list(to, *introspect);
  if (algorithm) to.member("alg", *algorithm);
  if (ttl_s) to.member_integer("ttl", static_cast<int64_t>(*ttl_s));
  if (feed) to.member_boolean("feed", *feed);
  if (refresh_with_credentials) to.member_boolean("refresh_with_credentials", *refresh_with_credentials);
}

std::string joined_scopes(const std::vector<std::string>& options) {
  std::string joined;
  for (std::string_view rest : options) {
    while (!rest.empty()) {
      const size_t end = std::min(rest.find(' '), rest.size());
      if (end != 0) joined.append(joined.empty() ? "" : " ").append(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return joined;
}

std::string alg_fault(const std::string& name) {
  if (parse_jws_algorithm(name)) return "";
  std::vector<std::string_view> known;
  known.reserve(kAllJwsAlgorithms.size());
  for (const JwsAlgorithm algorithm : kAllJwsAlgorithms) known.push_back(jws_algorithm_name(algorithm));
  const std::string_view nearest = likely_name(name, known);
  const std::string guess = nearest.empty() ? "" : fmt::format("; did you mean {}?", nearest);
  return fmt::format("unknown algorithm `{}`{} Known are {}", name, guess.empty() ? "." : guess,
                     fmt::join(known, ", "));
}

std::string with_tenant(std::string target, const std::optional<std::string>& tenant) {
  if (tenant) target += "?tenant=" + percent_encode(*tenant);
  return target;
}

std::string target_of_client(const std::string& id, const std::optional<std::string>& tenant,
                             const std::string& action) {
  std::string target = "/v1/clients/" + percent_encode(id);
  if (!action.empty()) target += "/" + action;
  return with_tenant(std::move(target), tenant);
}

}  // namespace signet::ctl
