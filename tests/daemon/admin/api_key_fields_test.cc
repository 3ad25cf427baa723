// The members of a request for an API key.
#include "daemon/admin/api_key_fields.h"

#include <gtest/gtest.h>

#include "protocol/json/reader.h"

namespace signet {
namespace {

std::expected<ApiKeyFields, std::string> read(std::string_view json) {
  const auto body = read_json(json);
  EXPECT_TRUE(body.has_value()) << json;
  return read_api_key_fields(*body);
}

TEST(ApiKeyFieldsTest, ReadsEveryMember) {
  const auto fields = read(R"({"client_id":"c","tenant":"t","name":"n","kind":"vcloud","scope":"a b",)"
                           R"("audiences":["urn:a"],"subject":"s","expires_at":1900000000,"key":"0123456789abcdef"})");
  ASSERT_TRUE(fields.has_value()) << fields.error();
  EXPECT_EQ(fields->client_id, "c");
  EXPECT_EQ(fields->tenant, "t");
  EXPECT_EQ(fields->name, "n");
  EXPECT_EQ(fields->kind, ApiTokenKind::kVcloud);
  EXPECT_EQ(fields->scope, "a b");
  EXPECT_EQ(fields->audiences, std::vector<std::string>{"urn:a"});
  EXPECT_EQ(fields->subject, "s");
  EXPECT_EQ(fields->expires_at, 1900000000);
  EXPECT_EQ(fields->key, "0123456789abcdef");
  const auto least = read(R"({"client_id":"c"})");
  ASSERT_TRUE(least.has_value());
  EXPECT_EQ(least->kind, ApiTokenKind::kApiKey);
  EXPECT_EQ(least->expires_at, 0);
  EXPECT_FALSE(least->key || least->scope || least->subject || least->name);
}

TEST(ApiKeyFieldsTest, RefusesEachWrongMemberByItsName) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({})", "client_id is required"},
      {R"({"client_id":1})", "client_id: expected"},
      {R"({"client_id":"c","name":""})", "name: expected"},
      {R"({"client_id":"c","kind":"apikey"})", "kind: expected api-key"},
      {R"({"client_id":"c","kind":2})", "kind: expected"},
      {R"({"client_id":"c","scope":"a  b"})", "scope: expected"},
      {R"({"client_id":"c","scope":["a"]})", "scope: expected"},
      {R"({"client_id":"c","audiences":"urn:a"})", "audiences: expected"},
      {R"({"client_id":"c","audiences":["urn:a","urn:a"]})", "audiences: expected"},
      {R"({"client_id":"c","subject":""})", "subject: expected"},
      {R"({"client_id":"c","expires_at":0})", "expires_at: expected"},
      {R"({"client_id":"c","expires_at":"2030-01-01T00:00:00Z"})", "expires_at: expected"},
      {R"({"client_id":"c","expires_at":253402300800})", "expires_at: expected"},
      {R"({"client_id":"c","key":"short"})", "key: expected 16 to 128"},
      {R"({"client_id":"c","key":"0123456789 abcdef"})", "key: expected 16 to 128"},
      {R"({"client_id":"c","kind":"sandbox","key":"0123456789abcdef"})", "key: one of the kind sandbox"},
      {R"({"client_id":"c","id":"x"})", "id: expected one of"},
  };
  for (const auto& [json, error] : cases) {
    const auto fields = read(json);
    ASSERT_FALSE(fields.has_value()) << json;
    EXPECT_NE(fields.error().find(error), std::string::npos) << json << " " << fields.error();
  }
}

TEST(ApiKeyFieldsTest, AnErrorNeverShowsTheKey) {
  const auto fields = read(R"({"client_id":"c","key":"marker marker marker"})");
  ASSERT_FALSE(fields.has_value());
  EXPECT_EQ(fields.error().find("marker"), std::string::npos);
}

TEST(ApiKeyKindTest, NamesAreReadBack) {
  for (const ApiTokenKind kind : {ApiTokenKind::kVcloud, ApiTokenKind::kApiKey, ApiTokenKind::kSandbox}) {
    EXPECT_EQ(parse_api_key_kind(api_key_kind_name(kind)), kind);
  }
  EXPECT_FALSE(parse_api_key_kind(""));
  EXPECT_FALSE(parse_api_key_kind("unknown"));
}

}  // namespace
}  // namespace signet
