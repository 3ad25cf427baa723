#include "protocol/oauth/error.h"

#include <array>
#include <utility>

#include "protocol/base/check.h"
#include "protocol/json/writer.h"

namespace signet {
namespace {

// In the order of OAuthError.
constexpr std::array<OAuthErrorEntry, 9> kErrors{{
    {"invalid_request", 400, "the request is malformed"},
    {"invalid_client", 401, "client authentication failed"},
    {"invalid_grant", 400, "the grant is not valid"},
    {"unauthorized_client", 400, "the client may not use this grant type"},
    {"unsupported_grant_type", 400, "the grant type is not supported"},
    {"invalid_scope", 400, "the scope is malformed or not the client's"},
    {"invalid_target", 400, "the resource is malformed or not the client's"},
    // RFC 6749 registers these two for the authorization endpoint (4.1.2.1); at the token endpoint clients know them
    // from there, and the HTTP status says the same.
    {"temporarily_unavailable", 503, "try again later"},
    {"server_error", 500, "the server could not complete the request"},
}};
static_assert(kErrors.size() == static_cast<size_t>(OAuthError::kServerError) + 1);

}  // namespace

const OAuthErrorEntry& oauth_error(OAuthError error) {
  const auto index = static_cast<size_t>(std::to_underlying(error));
  SIGNET_CHECK(index < kErrors.size());
  return kErrors[index];
}

size_t write_oauth_error(OAuthError error, std::string_view description, std::span<char> out) {
  const OAuthErrorEntry& entry = oauth_error(error);
  JsonWriter json(out);
  json.begin_object();
  json.member("error", entry.code);
  json.member("error_description", description.empty() ? entry.description : description);
  json.end_object();
  return json.size();
}

}  // namespace signet
