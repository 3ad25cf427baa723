// Introspection answers: RFC 7662 section 2.2.
#include "protocol/oauth/introspection_response.h"

#include <gtest/gtest.h>

#include "protocol/base/copy_text.h"
#include "protocol/json/reader.h"

namespace signet {
namespace {

std::string framed(std::string_view claims) {
  std::string text(kIntrospectionFront + claims.size() + kIntrospectionBack, '#');
  copy_text(text.data() + kIntrospectionFront, claims);
  EXPECT_EQ(frame_introspection_response(text, claims.size()), text.size());
  return text;
}

std::string written(std::string_view claims) {
  return write_introspection_response(read_json(claims, {.allow_fractions = true}).value());
}

TEST(IntrospectionResponse, FramesTheClaims) {
  EXPECT_EQ(framed(R"({"iss":"x","exp":1})"), R"({"active":true,"iss":"x","exp":1,"token_type":"Bearer"})");
}

TEST(IntrospectionResponse, BothWaysGiveTheSame) {
  for (const std::string_view claims :
       {R"({"iss":"x"})", R"({"sub":"a b","aud":["u","v"],"n":-7,"cnf":{"jkt":"k"},"t":true,"f":false,"z":null})"}) {
    EXPECT_EQ(framed(claims), written(claims));
  }
}

TEST(IntrospectionResponse, LeavesOutClaimsOfItsOwnNames) {
  EXPECT_EQ(written(R"({"active":false,"sub":"s","token_type":"mac","x":{"active":1}})"),
            R"({"active":true,"sub":"s","x":{"active":1},"token_type":"Bearer"})");
}

TEST(IntrospectionResponse, StaysJsonWhateverTheClaimsHold) {
  const std::string control(300, '\x01');
  std::string claims = R"({"sub":")";
  for (int i = 0; i < 300; ++i) claims += "\\u0001";
  claims += R"(","deep":[[[[1.5e300]]]],"quote\"":"\\"})";
  const auto answer = read_json(written(claims), {.allow_fractions = true});
  ASSERT_TRUE(answer);
  EXPECT_EQ(*answer->find_string("sub"), control);
  EXPECT_EQ(answer->find("active")->as_boolean(), true);
}

TEST(IntrospectionResponse, SaysNothingOfAnInactiveToken) {
  const auto answer = read_json(kInactiveResponse);
  ASSERT_TRUE(answer);
  ASSERT_EQ(answer->as_object()->size(), 1u);
  EXPECT_EQ(answer->find("active")->as_boolean(), false);
}

}  // namespace
}  // namespace signet
