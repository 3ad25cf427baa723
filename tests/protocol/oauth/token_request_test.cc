// Token requests: RFC 6749 4.4.2 and 3.2, resources by RFC 8707 section 2.
#include "protocol/oauth/token_request.h"

#include <gtest/gtest.h>

#include <string>

namespace signet {
namespace {

// Keeps what the views point to.
struct Request {
  explicit Request(std::string text) : body(std::move(text)) {
    EXPECT_TRUE(form.parse(body, "resource"));
    result = parse_token_request(form);
  }

  std::string body;
  FormParameters form;
  std::expected<TokenRequest, TokenRequestError> result;
};

testing::AssertionResult refused_as(const std::string& text, OAuthError error) {
  const Request request(text);
  if (request.result) return testing::AssertionFailure() << "accepted";
  if (request.result.error().error == error) return testing::AssertionSuccess();
  return testing::AssertionFailure() << oauth_error(request.result.error().error).code;
}

const std::string kGrant = "grant_type=client_credentials";

TEST(TokenRequest, ReadsARefreshToken) {
  const Request request("grant_type=refresh_token&refresh_token=abc&scope=a");
  ASSERT_TRUE(request.result);
  EXPECT_EQ(request.result->grant_type, GrantType::kRefreshToken);
  EXPECT_EQ(request.result->refresh_token, "abc");
  EXPECT_EQ(grant_type_name(request.result->grant_type), "refresh_token");
}

TEST(TokenRequest, RefusesARefreshWithoutItsToken) {
  EXPECT_TRUE(refused_as("grant_type=refresh_token", OAuthError::kInvalidRequest));
  EXPECT_TRUE(refused_as("grant_type=refresh_token&refresh_token=", OAuthError::kInvalidRequest));
  EXPECT_TRUE(refused_as("grant_type=refresh_tokens&refresh_token=a", OAuthError::kUnsupportedGrantType));
}

TEST(TokenRequest, ReadsEveryParameter) {
  const Request request(kGrant + "&scope=a+b&resource=urn:x&resource=https%3A%2F%2Fy%2Fz&client_id=c&client_secret=s");
  ASSERT_TRUE(request.result);
  EXPECT_EQ(request.result->grant_type, GrantType::kClientCredentials);
  EXPECT_EQ(request.result->scope, "a b");
  ASSERT_EQ(request.result->resource().size(), 2u);
  EXPECT_EQ(request.result->resource()[0], "urn:x");
  EXPECT_EQ(request.result->resource()[1], "https://y/z");
  EXPECT_EQ(request.result->client_id, "c");
  EXPECT_EQ(request.result->client_secret, "s");
}

TEST(TokenRequest, NeedsOnlyTheGrantType) {
  const Request request(kGrant);
  ASSERT_TRUE(request.result);
  EXPECT_TRUE(request.result->scope.empty());
  EXPECT_TRUE(request.result->resource().empty());
  EXPECT_EQ(request.result->client_id.data(), nullptr);
  EXPECT_EQ(request.result->client_secret.data(), nullptr);
}

TEST(TokenRequest, IgnoresUnknownParameters) {  // RFC 6749 3.2
  EXPECT_TRUE(Request(kGrant + "&audience=x&Scope=y&GRANT_TYPE=z").result);
}

TEST(TokenRequest, TakesAnEmptyValueAsOmitted) {  // RFC 6749 3.2
  const Request request(kGrant + "&scope=&resource=&resource=urn:x&resource=");
  ASSERT_TRUE(request.result);
  EXPECT_TRUE(request.result->scope.empty());
  EXPECT_EQ(request.result->resource().size(), 1u);
}

TEST(TokenRequest, RefusesAMissingGrantType) {
  for (const char* text : {"", "grant_type=", "grant_type", "scope=a", "Grant_Type=client_credentials"})
    EXPECT_TRUE(refused_as(text, OAuthError::kInvalidRequest)) << text;
}

TEST(TokenRequest, RefusesGrantTypesThatAreNotServed) {
  for (const char* name :
       {"password", "authorization_code", "implicit", "CLIENT_CREDENTIALS", "client_credentials+", "client_credential",
        "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer", "urn:ietf:params:oauth:grant-type:device_code"})
    EXPECT_TRUE(refused_as(std::string("grant_type=") + name, OAuthError::kUnsupportedGrantType)) << name;
}

TEST(TokenRequest, RefusesTheNinthResource) {
  std::string text = kGrant;
  for (int i = 0; i < 8; ++i) text += "&resource=urn:x" + std::to_string(i);
  EXPECT_TRUE(Request(text).result);
  EXPECT_TRUE(refused_as(text + "&resource=urn:y", OAuthError::kInvalidTarget));
}

TEST(TokenRequest, RefusesAMalformedResource) {
  EXPECT_TRUE(refused_as(kGrant + "&resource=/relative", OAuthError::kInvalidTarget));
  EXPECT_TRUE(refused_as(kGrant + "&resource=urn:x&resource=urn:y%23z", OAuthError::kInvalidTarget));
}

TEST(ResourceUri, IsAbsoluteWithAnyScheme) {
  for (const char* uri : {"urn:demo", "https://api.example/v1?q=1", "a:b", "x+y-1.z:w", "http://[::1]:80/", "urn:a%2Fb",
                          "https://u@h/;p,(1)*!$'&+=~_"})
    EXPECT_TRUE(valid_resource_uri(uri)) << uri;
}

TEST(ResourceUri, IsNeverRelative) {
  for (const char* uri : {"", "a", "/a", "//host/a", ":a", "a:", "?a:b", "api.example/a:b", "1a:b", "-a:b", "a_b:c"})
    EXPECT_FALSE(valid_resource_uri(uri)) << uri;
}

TEST(ResourceUri, HasNoFragment) {  // RFC 8707 section 2
  for (const char* uri : {"urn:a#b", "https://h/#", "https://h#"}) EXPECT_FALSE(valid_resource_uri(uri)) << uri;
}

TEST(ResourceUri, HoldsOnlyCharactersOfAUri) {  // RFC 3986 section 2
  for (const char* uri : {"urn:a b", "urn:a\"b", "urn:a\\b", "urn:<a>", "urn:{a}", "urn:a|b", "urn:a^b", "urn:a`b",
                          "urn:\xC3\xA4", "urn:a%", "urn:a%2", "urn:a%zz", "urn:a%2g", "urn:a\nb", "urn:a\x7F"})
    EXPECT_FALSE(valid_resource_uri(uri)) << uri;
}

TEST(ResourceUri, IsBounded) {
  EXPECT_TRUE(valid_resource_uri("urn:" + std::string(508, 'a')));
  EXPECT_FALSE(valid_resource_uri("urn:" + std::string(509, 'a')));
}

}  // namespace
}  // namespace signet
