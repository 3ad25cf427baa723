#include "protocol/oauth/metadata.h"

#include <string>

#include "protocol/base/check.h"
#include "protocol/json/writer.h"
#include "protocol/oauth/token_request.h"

namespace signet {
namespace {

void write_url(JsonWriter& json, JsonName name, std::string_view issuer, std::string_view path) {
  json.member(name, std::string(issuer).append(path));
}

void begin_list(JsonWriter& json, JsonName name) {
  json.key(name);
  json.begin_array();
}

void write_auth_methods(JsonWriter& json, JsonName name) {
  begin_list(json, name);
  json.string("client_secret_basic");
  json.string("client_secret_post");
  json.end_array();
}

}  // namespace

std::string write_authorization_server_metadata(std::string_view issuer) {
  // Copies of the issuer, each octet of which JSON may write as six, and the fixed text.
  std::string document(size_t{36} * issuer.size() + 1536, '\0');
  JsonWriter json(document);
  json.begin_object();
  json.member("issuer", issuer);
  write_url(json, "token_endpoint", issuer, "/oauth2/token");
  write_url(json, "jwks_uri", issuer, "/.well-known/jwks.json");
  // Required even where there is no authorization endpoint, although section 3.2 would leave empty lists out.
  begin_list(json, "response_types_supported");
  json.end_array();
  begin_list(json, "grant_types_supported");
  json.string(grant_type_name(GrantType::kClientCredentials));
  json.string(grant_type_name(GrantType::kRefreshToken));
  json.end_array();
  write_auth_methods(json, "token_endpoint_auth_methods_supported");
  write_url(json, "revocation_endpoint", issuer, "/oauth2/revoke");
  write_auth_methods(json, "revocation_endpoint_auth_methods_supported");
  write_url(json, "introspection_endpoint", issuer, "/oauth2/introspect");
  write_auth_methods(json, "introspection_endpoint_auth_methods_supported");
  json.end_object();
  SIGNET_CHECK(!json.overflowed());
  document.resize(json.size());
  return document;
}

}  // namespace signet
