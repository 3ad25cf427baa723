// Authorization server metadata: RFC 8414 section 2.
#include "protocol/oauth/metadata.h"

#include <gtest/gtest.h>

#include "protocol/json/reader.h"

namespace signet {
namespace {

JsonValue document(std::string_view issuer) {
  auto json = read_json(write_authorization_server_metadata(issuer));
  EXPECT_TRUE(json);
  return json ? *json : JsonValue();
}

std::string list(const JsonValue& json, std::string_view name) {
  std::string text;
  const JsonValue* value = json.find(name);
  if (value == nullptr || value->as_array() == nullptr) return "absent";
  for (const JsonValue& one : *value->as_array()) text += *one.as_string() + ",";
  return text;
}

TEST(Metadata, PutsEverythingBelowTheIssuer) {
  const JsonValue json = document("https://id.example");
  EXPECT_EQ(*json.find_string("issuer"), "https://id.example");
  EXPECT_EQ(*json.find_string("token_endpoint"), "https://id.example/oauth2/token");
  EXPECT_EQ(*json.find_string("introspection_endpoint"), "https://id.example/oauth2/introspect");
  EXPECT_EQ(*json.find_string("jwks_uri"), "https://id.example/.well-known/jwks.json");
}

TEST(Metadata, KeepsTheTenantsPath) {
  const JsonValue json = document("https://id.example/t/acme");
  EXPECT_EQ(*json.find_string("issuer"), "https://id.example/t/acme");
  EXPECT_EQ(*json.find_string("token_endpoint"), "https://id.example/t/acme/oauth2/token");
  EXPECT_EQ(*json.find_string("jwks_uri"), "https://id.example/t/acme/.well-known/jwks.json");
}

TEST(Metadata, AnnouncesOnlyWhatIsServed) {
  const JsonValue json = document("https://id.example");
  EXPECT_EQ(list(json, "response_types_supported"), "");
  EXPECT_EQ(list(json, "grant_types_supported"), "client_credentials,refresh_token,");
  EXPECT_EQ(list(json, "token_endpoint_auth_methods_supported"), "client_secret_basic,client_secret_post,");
  EXPECT_EQ(*json.find_string("revocation_endpoint"), "https://id.example/oauth2/revoke");
  EXPECT_EQ(list(json, "revocation_endpoint_auth_methods_supported"), "client_secret_basic,client_secret_post,");
  EXPECT_EQ(list(json, "introspection_endpoint_auth_methods_supported"), "client_secret_basic,client_secret_post,");
  for (const char* name : {"authorization_endpoint", "registration_endpoint", "scopes_supported", "error"})
    EXPECT_EQ(json.find(name), nullptr) << name;
}

TEST(Metadata, StaysJsonWithAnOddIssuer) {
  const std::string issuer = "https://id.example/" + std::string(2000, '"');
  EXPECT_EQ(*document(issuer).find_string("issuer"), issuer);
}

}  // namespace
}  // namespace signet
