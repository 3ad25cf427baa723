// Token answers: RFC 6749 5.1.
#include "protocol/oauth/token_response.h"

#include <gtest/gtest.h>

#include <string>

#include "protocol/json/reader.h"

namespace signet {
namespace {

std::string suffix(const TokenResponse& response, size_t room = 512) {
  std::string out(room, '\0');
  out.resize(write_token_response_suffix(response, out));
  return out;
}

TEST(TokenResponse, IsExactlyTheMembersOfTheRfc) {
  EXPECT_EQ(std::string(kTokenResponsePrefix) + "T" + suffix({900, "a b"}),
            R"({"access_token":"T","token_type":"Bearer","expires_in":900,"scope":"a b"})");
}

TEST(TokenResponse, LeavesOutAnEmptyScope) { EXPECT_EQ(suffix({1, ""}), R"(","token_type":"Bearer","expires_in":1})"); }

TEST(TokenResponse, WritesLifetimesAsIntegers) {
  for (const uint32_t seconds : {0u, 1u, 86400u, 4294967295u}) {
    const auto json = read_json(std::string(kTokenResponsePrefix) + suffix({seconds, "a"}));
    ASSERT_TRUE(json);
    EXPECT_EQ(json->find("expires_in")->as_integer(), int64_t{seconds});
  }
}

TEST(TokenResponse, NeverHasRefreshTokenOrError) {
  const std::string text = suffix({900, "a"});
  EXPECT_EQ(text.find("refresh_token"), std::string::npos);
  EXPECT_EQ(text.find("error"), std::string::npos);
}

TEST(TokenResponse, PutsARefreshTokenBeforeTheScope) {
  EXPECT_EQ(suffix({900, "a", "r-_1"}),
            R"(","token_type":"Bearer","expires_in":900,"refresh_token":"r-_1","scope":"a"})");
  EXPECT_EQ(suffix({900, "", "r"}), R"(","token_type":"Bearer","expires_in":900,"refresh_token":"r"})");
  EXPECT_EQ(suffix({900, "a", "r\""}), "");
}

TEST(TokenResponse, RefusesAScopeThatWasNeverChecked) {
  for (const char* scope : {"a\"", "a\\", "a\n"}) EXPECT_EQ(suffix({900, scope}), "");
}

TEST(TokenResponse, WritesNothingThatIsCutOff) {
  for (const char* scope : {"", "a.read a.write"}) {
    const TokenResponse response{4294967295u, scope, "r"};
    const std::string whole = suffix(response);
    ASSERT_FALSE(whole.empty());
    for (size_t room = 0; room < whole.size(); ++room) EXPECT_EQ(suffix(response, room), "") << room;
  }
  const TokenResponse response{4294967295u, "a.read"};
  EXPECT_EQ(suffix(response, suffix(response).size()), suffix(response));
}

}  // namespace
}  // namespace signet
