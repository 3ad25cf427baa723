// A client's members as requests give them.
#include "daemon/admin/client_fields.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "protocol/json/reader.h"

namespace signet {
namespace {

constexpr uint32_t kTtlMax = 86'400;

std::expected<ClientFields, std::string> read(std::string_view json, ClientForm form = ClientForm::kAdd) {
  auto value = read_json(json, {.depth_max = 16});
  EXPECT_TRUE(value.has_value()) << json;
  return read_client_fields(*value, form, kTtlMax);
}

TEST(ClientFieldsTest, ReadsEveryMember) {
  auto fields = read(R"({"client_id":"c-1","tenant":"t","grants":["client_credentials","refresh_token"],
      "scope":"a.read b","audiences":["urn:x","https://rs.example/"],"introspect":["*"],"alg":"ES256","ttl":60,
      "feed":true,"refresh_with_credentials":true,"client_secret":"0123456789abcdef"})");
  ASSERT_TRUE(fields.has_value()) << fields.error();
  Client client;
  apply_client_fields(*fields, client);
  EXPECT_EQ(client.client_id, "c-1");
  EXPECT_EQ(client.grants, kGrantClientCredentials | kGrantRefreshToken);
  EXPECT_EQ(client.scope, "a.read b");
  EXPECT_EQ(client.audiences, (std::vector<std::string>{"urn:x", "https://rs.example/"}));
  EXPECT_TRUE(client.introspect.empty());
  EXPECT_EQ(client.flags, kClientIntrospectAll | kClientFeed | kClientRefreshWithCredentials);
  EXPECT_EQ(client.algorithm, JwsAlgorithm::kES256);
  EXPECT_EQ(client.ttl_s, 60u);
  EXPECT_EQ(fields->client_secret, "0123456789abcdef");
  EXPECT_EQ(check_client(client), "");
}

TEST(ClientFieldsTest, WhatIsNotGivenStays) {
  Client client{.client_id = "c", .flags = kClientFeed | kClientIntrospectAll, .scope = "s", .ttl_s = 9};
  apply_client_fields(*read("{}", ClientForm::kUpdate), client);
  EXPECT_EQ(client.flags, kClientFeed | kClientIntrospectAll);
  EXPECT_EQ(client.scope, "s");
  EXPECT_EQ(client.ttl_s, 9u);
}

TEST(ClientFieldsTest, AListOfAudiencesReplacesIntrospectionOfEverything) {
  Client client{.flags = kClientIntrospectAll};
  apply_client_fields(*read(R"({"introspect":["urn:a"]})", ClientForm::kUpdate), client);
  EXPECT_EQ(client.flags, 0u);
  EXPECT_EQ(client.introspect, std::vector<std::string>{"urn:a"});
}

TEST(ClientFieldsTest, AnImportHasScopesAsAList) {
  auto fields = read(R"({"client_id":"c","scopes":["a","b"]})", ClientForm::kImport);
  ASSERT_TRUE(fields.has_value()) << fields.error();
  EXPECT_EQ(fields->scope, "a b");
}

struct BadClient {
  const char* name;
  const char* json;
  const char* error;
  ClientForm form = ClientForm::kAdd;
};
void PrintTo(const BadClient& bad, std::ostream* out) { *out << bad.name; }

class BadClientTest : public testing::TestWithParam<BadClient> {};

TEST_P(BadClientTest, IsRefusedByNameOfTheMember) {
  auto fields = read(GetParam().json, GetParam().form);
  ASSERT_FALSE(fields.has_value());
  EXPECT_NE(fields.error().find(GetParam().error), std::string::npos) << fields.error();
}

INSTANTIATE_TEST_SUITE_P(
    All, BadClientTest,
    testing::Values(
        BadClient{"NoId", "{}", "client_id is required"},
        BadClient{"NullId", R"({"client_id":null})", "client_id: expected"},
        BadClient{"EmptyId", R"({"client_id":""})", "client_id: expected"},
        BadClient{"IdWithQuote", R"({"client_id":"a\"b"})", "client_id: expected"},
        BadClient{"IdWithNewline", R"({"client_id":"a\nb"})", "client_id: expected"},
        BadClient{"IdWithSlash", R"({"client_id":"a/b"})", "client_id: expected"},
        BadClient{"UnknownMember", R"({"client_id":"c","scpoe":"a"})", "unknown member \"scpoe\""},
        BadClient{"ScopesOutsideAnImport", R"({"client_id":"c","scopes":[]})", "unknown member \"scopes\""},
        BadClient{"ScopeInAnImport", R"({"client_id":"c","scope":"a"})", "unknown member", ClientForm::kImport},
        BadClient{"IdInAnUpdate", R"({"client_id":"c"})", "unknown member \"client_id\"", ClientForm::kUpdate},
        BadClient{"TenantInAnUpdate", R"({"tenant":"t"})", "unknown member \"tenant\"", ClientForm::kUpdate},
        BadClient{"SecretInAnUpdate", R"({"client_secret":"0123456789abcdef"})", "unknown", ClientForm::kUpdate},
        BadClient{"UnknownGrant", R"({"client_id":"c","grants":["password"]})", "grants: expected a list of"},
        BadClient{"RepeatedGrant", R"({"client_id":"c","grants":["refresh_token","refresh_token"]})",
                  "grants: expected"},
        BadClient{"GrantAsText", R"({"client_id":"c","grants":"client_credentials"})", "grants: expected"},
        BadClient{"ScopeWithTwoBlanks", R"({"client_id":"c","scope":"a  b"})", "scope: expected"},
        BadClient{"RepeatedScope", R"({"client_id":"c","scope":"a a"})", "scope: expected"},
        BadClient{"ScopeWithQuote", R"({"client_id":"c","scope":"a\"b"})", "scope: expected"},
        BadClient{"ScopeEntryWithBlank", R"({"client_id":"c","scopes":["a b"]})", "scopes: expected",
                  ClientForm::kImport},
        BadClient{"RelativeAudience", R"({"client_id":"c","audiences":["rs"]})", "audiences: expected"},
        BadClient{"AudienceWithFragment", R"({"client_id":"c","audiences":["https://rs#x"]})", "audiences: expected"},
        BadClient{"RepeatedAudience", R"({"client_id":"c","audiences":["urn:a","urn:a"]})", "audiences: expected"},
        BadClient{"StarAmongOthers", R"({"client_id":"c","introspect":["*","urn:a"]})", "introspect: expected"},
        BadClient{"AlgNone", R"({"client_id":"c","alg":"none"})", "alg: expected EdDSA"},
        BadClient{"AlgInLowerCase", R"({"client_id":"c","alg":"es256"})", "alg: expected EdDSA"},
        BadClient{"AlgAsNumber", R"({"client_id":"c","alg":1})", "alg: expected EdDSA"},
        BadClient{"NegativeLifetime", R"({"client_id":"c","ttl":-1})", "ttl: expected 0"},
        BadClient{"LifetimeAboveMost", R"({"client_id":"c","ttl":86401})", "ttl: expected 0 (the default) to 86400"},
        BadClient{"LifetimeAsText", R"({"client_id":"c","ttl":"60"})", "ttl: expected 0"},
        BadClient{"FeedAsNumber", R"({"client_id":"c","feed":1})", "feed: expected true or false"},
        BadClient{"EmptyPassword", R"({"client_id":"c","password":""})", "password: expected 1 to 1024"},
        BadClient{"PasswordAsNumber", R"({"client_id":"c","password":1})", "password: expected"},
        BadClient{"PasswordWithNewline", R"({"client_id":"c","password":"a\nb"})", "password: expected"},
        BadClient{"PasswordInAnUpdate", R"({"password":"a"})", "unknown member \"password\"", ClientForm::kUpdate},
        BadClient{"ShortSecret", R"({"client_id":"c","client_secret":"short"})", "client_secret: expected 16 to 256"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(ClientFieldsTest, AnErrorNeverShowsTheSecret) {
  auto fields = read(R"({"client_id":"c","client_secret":"marker\u0001secret-0123456789"})");
  ASSERT_FALSE(fields.has_value());
  EXPECT_EQ(fields.error().find("marker"), std::string::npos);
}

TEST(ClientFieldsTest, AnErrorNeverShowsThePassword) {
  auto fields = read(R"({"client_id":"c","password":"marker\u0001"})");
  ASSERT_FALSE(fields.has_value());
  EXPECT_EQ(fields.error().find("marker"), std::string::npos);
}

TEST(ClientFieldsTest, SeventeenAudiencesAreTooMany) {
  std::string json = R"({"client_id":"c","audiences":[)";
  for (int i = 0; i < 17; ++i) json += (i == 0 ? "\"urn:" : ",\"urn:") + std::to_string(i) + "\"";
  EXPECT_FALSE(read(json + "]}").has_value());
}

TEST(ClientFieldsTest, AnArrayIsNoClient) {
  EXPECT_FALSE(read_client_fields(*read_json("[]"), ClientForm::kAdd, kTtlMax).has_value());
}

// An HMAC key belongs to one audience: whoever checks with it could forge for the others.
TEST(CheckClientTest, HmacNeedsExactlyOneAudience) {
  Client client{.algorithm = JwsAlgorithm::kHS256};
  EXPECT_NE(check_client(client).find("exactly one audience"), std::string::npos);
  client.audiences = {"urn:a", "urn:b"};
  EXPECT_NE(check_client(client), "");
  client.audiences = {"urn:a"};
  EXPECT_EQ(check_client(client), "");
}

TEST(CheckClientTest, RefreshWithCredentialsNeedsItsGrant) {
  Client client{.grants = kGrantClientCredentials, .flags = kClientRefreshWithCredentials};
  EXPECT_NE(check_client(client), "");
}

}  // namespace
}  // namespace signet
