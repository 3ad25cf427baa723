// application/x-www-form-urlencoded as the token endpoint reads it: RFC 6749 3.2 and appendix B.
#include "protocol/oauth/form.h"

#include <gtest/gtest.h>

#include <string>

namespace signet {
namespace {

// Holds the body that the parameters view.
struct Form {
  explicit Form(std::string text, std::string_view repeatable = "resource")
      : body(std::move(text)), result(parameters.parse(body, repeatable)) {}

  std::string body;
  FormParameters parameters;
  std::expected<void, FormError> result;
};

testing::AssertionResult refused_as(std::string text, FormError error) {
  const Form form(std::move(text));
  if (form.result) return testing::AssertionFailure() << "accepted";
  if (form.result.error() != error) return testing::AssertionFailure() << "error " << int(form.result.error());
  if (!form.parameters.all().empty()) return testing::AssertionFailure() << "left parameters behind";
  return testing::AssertionSuccess();
}

TEST(Form, ReadsATokenRequest) {
  const Form form("grant_type=client_credentials&scope=a.read+a.write%20b.read");
  ASSERT_TRUE(form.result);
  EXPECT_EQ(form.parameters.get("grant_type"), "client_credentials");
  EXPECT_EQ(form.parameters.get("scope"), "a.read a.write b.read");
  EXPECT_EQ(form.parameters.all().size(), 2u);
}

TEST(Form, TellsAbsentFromEmpty) {
  const Form form("scope=&flag");
  ASSERT_TRUE(form.result);
  EXPECT_EQ(form.parameters.get("resource").data(), nullptr);
  EXPECT_NE(form.parameters.get("scope").data(), nullptr);
  EXPECT_NE(form.parameters.get("flag").data(), nullptr);
  EXPECT_EQ(form.parameters.get("scope"), "");
  EXPECT_EQ(form.parameters.get("flag"), "");
}

TEST(Form, ReadsAnEmptyBodyAsNothing) {
  EXPECT_TRUE(Form("").result);
  const Form separators("&&&");
  ASSERT_TRUE(separators.result);
  EXPECT_TRUE(separators.parameters.all().empty());
}

TEST(Form, DecodesNamesToo) {
  const Form form("gr%61nt_type=x&a+b=y");
  ASSERT_TRUE(form.result);
  EXPECT_EQ(form.parameters.get("grant_type"), "x");
  EXPECT_EQ(form.parameters.get("a b"), "y");
}

TEST(Form, KeepsEscapedDelimitersInsideValues) {
  const Form form("a=1%262%3D3%2B4%25&b=x=y");
  ASSERT_TRUE(form.result);
  EXPECT_EQ(form.parameters.get("a"), "1&2=3+4%");
  EXPECT_EQ(form.parameters.get("b"), "x=y");
}

TEST(Form, ReadsUtf8RawAndEscaped) {
  const Form form("a=\xC3\xA4&b=%c3%A4");
  ASSERT_TRUE(form.result);
  EXPECT_EQ(form.parameters.get("a"), "\xC3\xA4");
  EXPECT_EQ(form.parameters.get("b"), "\xC3\xA4");
}

TEST(Form, RefusesARepeatedParameter) {
  EXPECT_TRUE(refused_as("scope=a&scope=a", FormError::kDuplicate));
  EXPECT_TRUE(refused_as("scope=&scope=a", FormError::kDuplicate));
  EXPECT_TRUE(refused_as("unknown=1&b=2&unknown=1", FormError::kDuplicate));
}

TEST(Form, SeesARepetitionBehindEscapes) {
  EXPECT_TRUE(refused_as("scope=a&s%63ope=b", FormError::kDuplicate));
  EXPECT_TRUE(refused_as("=a&=b", FormError::kDuplicate));
  EXPECT_TRUE(refused_as("scope&scope", FormError::kDuplicate));
}

TEST(Form, LetsOnlyTheRepeatableNameRepeat) {
  const Form form("resource=urn%3Aa&resource=urn:b");
  ASSERT_TRUE(form.result);
  EXPECT_EQ(form.parameters.all().size(), 2u);
  EXPECT_EQ(form.parameters.get("resource"), "urn:a");
  EXPECT_FALSE(Form("resource=a&resource=b", "audience").result);
}

TEST(Form, HasNoRepeatableNameByAnEmptyOne) { EXPECT_FALSE(Form("=a&=b", "").result); }

TEST(Form, RefusesBadEscapes) {
  for (const char* text : {"a=%", "a=%4", "a=%4&b=1", "a=%zz", "a=%4g", "a=%-1", "%=a", "a=%%41", "a=% 41", "a=%u0041"})
    EXPECT_TRUE(refused_as(text, FormError::kBadEscape)) << text;
}

TEST(Form, RefusesBadUtf8) {
  for (const char* text : {"a=\xE4", "a=%E4", "a=%C0%80", "a=%ED%A0%80", "a=%F4%90%80%80", "%FF=a", "a=\xC3&b=\xA4"})
    EXPECT_TRUE(refused_as(text, FormError::kBadUtf8)) << text;
}

TEST(Form, RefusesControlCharacters) {
  EXPECT_TRUE(refused_as(std::string("a=\0b", 4), FormError::kControlCharacter));
  for (const char* text : {"a=%00", "a=%0D%0AX: y", "a=b\r\n", "a=%7f", "a=\x7F", "a=\t", "a%0A=b"})
    EXPECT_TRUE(refused_as(text, FormError::kControlCharacter)) << text;
}

TEST(Form, RefusesTheSixtyFifthParameter) {
  std::string text = "p0=x";
  for (int i = 1; i < 64; ++i) text += "&p" + std::to_string(i) + "=x";
  EXPECT_TRUE(Form(text).result);
  EXPECT_TRUE(refused_as(text + "&q=x", FormError::kTooManyParameters));
}

TEST(Form, CountsRepeatedResourcesAsParameters) {
  std::string text;
  for (int i = 0; i < 65; ++i) text += "resource=urn:a&";
  EXPECT_TRUE(refused_as(text, FormError::kTooManyParameters));
}

TEST(Form, StartsAfreshWithEachParse) {
  std::string first = "a=1", second = "b=2";
  FormParameters parameters;
  ASSERT_TRUE(parameters.parse(first, {}));
  ASSERT_TRUE(parameters.parse(second, {}));
  EXPECT_EQ(parameters.get("a").data(), nullptr);
  EXPECT_EQ(parameters.get("b"), "2");
}

}  // namespace
}  // namespace signet
