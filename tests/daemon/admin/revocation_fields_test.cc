// The members of an administrator's request to revoke.
#include "daemon/admin/revocation_fields.h"

#include <gtest/gtest.h>

#include "protocol/json/reader.h"

namespace signet {
namespace {

constexpr const char* kId = "AbCdEfGhIjKlMnOpQrSt-_";

std::expected<RevocationFields, std::string> read(const std::string& json) {
  const auto value = read_json(json);
  EXPECT_TRUE(value) << json;
  return read_revocation_fields(*value);
}

TEST(RevocationFieldsTest, ReadsEachKind) {
  const auto token = read(R"({"token":"a.b.c","tenant":"t"})");
  ASSERT_TRUE(token);
  EXPECT_EQ(token->token + token->tenant, "a.b.ct");
  for (const char* kind : {"token", "family"}) {
    const auto fields = read(std::string(R"({"kind":")") + kind + R"(","value":")" + kId + "\"}");
    ASSERT_TRUE(fields) << fields.error();
    EXPECT_EQ(revocation_kind_name(fields->kind), kind);
    EXPECT_EQ(fields->value, kId);
  }
  const auto client = read(R"({"kind":"client","value":"c","issued_before_ms":5})");
  ASSERT_TRUE(client);
  EXPECT_EQ(client->issued_before_ms, 5);
  EXPECT_TRUE(read(R"({"kind":"subject","value":"Größe \" or so"})"));
  EXPECT_TRUE(read(R"({"kind":"key","value":"k"})"));
  EXPECT_TRUE(read(R"({"kind":"tenant","tenant":"t"})"));
}

TEST(RevocationFieldsTest, RefusesTheRest) {
  const std::string id(kId);
  for (const std::string& json : std::vector<std::string>{
           "{}",
           R"({"tenant":"t"})",
           R"({"token":""})",
           R"({"token":5})",
           R"({"token":"a","kind":"client","value":"c"})",
           R"({"token":"a","value":"c"})",
           R"({"token":"a","issued_before_ms":5})",
           "{\"token\":\"" + std::string(9000, 'a') + "\"}",
           R"({"kind":"client"})",
           R"({"kind":"client","value":""})",
           R"({"kind":"client","value":null})",
           "{\"kind\":\"subject\",\"value\":\"" + std::string(257, 's') + "\"}",
           R"({"kind":"tenant"})",
           R"({"kind":"tenant","tenant":"t","value":"t"})",
           R"({"kind":"token_hash","value":"x"})",
           R"({"kind":"Token","value":"x"})",
           R"({"kind":1,"value":"x"})",
           R"({"kind":"token","value":"short"})",
           R"({"kind":"token","value":"AbCdEfGhIjKlMnOpQrSt+/"})",
           R"({"kind":"family","value":")" + id + "A\"}",
           R"({"kind":"token","value":")" + id + R"(","issued_before_ms":5})",
           R"({"kind":"client","value":"c","issued_before_ms":0})",
           R"({"kind":"client","value":"c","issued_before_ms":-5})",
           R"({"kind":"client","value":"c","issued_before_ms":"2030-01-01T00:00:00Z"})",
           R"({"kind":"client","value":"c","issued_before":5})",
           R"({"kind":"client","value":"c","force":true})",
       }) {
    const auto fields = read(json);
    ASSERT_FALSE(fields) << json;
    EXPECT_FALSE(fields.error().empty());
    EXPECT_EQ(fields.error().find("aaaaaaa"), std::string::npos) << "no token is quoted";
  }
}

}  // namespace
}  // namespace signet
