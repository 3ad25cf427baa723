// An administrator's request for a token.
#include "daemon/admin/token_fields.h"

#include <gtest/gtest.h>

#include "protocol/json/reader.h"

namespace signet {
namespace {

std::expected<TokenFields, std::string> read(std::string_view json) {
  auto value = read_json(json, {.depth_max = 16});
  EXPECT_TRUE(value.has_value()) << json;
  return read_token_fields(*value, 86'400);
}

TEST(TokenFieldsTest, ReadsEveryMember) {
  auto fields = read(R"({"client_id":"c","tenant":"t","subject":"s","scope":"a b","audience":["urn:a"],"ttl":5,
      "claims":{"role":"x","n":[1,{"y":null,"z":true}]}})");
  ASSERT_TRUE(fields.has_value()) << fields.error();
  EXPECT_EQ(fields->extra_members, R"("role":"x","n":[1,{"y":null,"z":true}])");
  EXPECT_EQ(fields->audience, std::vector<std::string>{"urn:a"});
  EXPECT_EQ(fields->ttl_s, 5u);
}

TEST(TokenFieldsTest, ClaimsKeepTheirText) {
  auto fields = read(R"({"client_id":"c","claims":{"q\"\n":"\u0001\\"}})");
  ASSERT_TRUE(fields.has_value()) << fields.error();
  EXPECT_TRUE(read_json("{" + fields->extra_members + "}").has_value()) << fields->extra_members;
}

// RFC 9068 section 2.2: these are the issuer's.
TEST(TokenFieldsTest, ReservedClaimsAreRefused) {
  for (const char* name : {"iss", "sub", "aud", "exp", "iat", "nbf", "jti", "client_id", "scope", "sid", "cnf"}) {
    auto fields = read(R"({"client_id":"c","claims":{")" + std::string(name) + R"(":"x"}})");
    ASSERT_FALSE(fields.has_value()) << name;
    EXPECT_NE(fields.error().find(name), std::string::npos);
  }
}

TEST(TokenFieldsTest, ReadsWhetherARefreshTokenIsWanted) {
  EXPECT_TRUE(read(R"({"client_id":"c","refresh":true})")->refresh);
  EXPECT_FALSE(read(R"({"client_id":"c","refresh":false})")->refresh);
  EXPECT_FALSE(read(R"({"client_id":"c"})")->refresh);
}

TEST(TokenFieldsTest, RefusesWhatHasAnotherForm) {
  for (const char* json :
       {"{}", R"({"client_id":""})", R"({"client_id":1})", R"({"client_id":"c","ttl":0})",
        R"({"client_id":"c","ttl":86401})", R"({"client_id":"c","audience":"urn:a"})",
        R"({"client_id":"c","audience":["a"]})", R"({"client_id":"c","claims":[]})", R"({"client_id":"c","scope":""})",
        R"({"client_id":"c","subject":""})", R"({"client_id":"c","refresh":"yes"})"}) {
    EXPECT_FALSE(read(json).has_value()) << json;
  }
}

}  // namespace
}  // namespace signet
