#include "protocol/json/reader.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace signet {
namespace {

using Reason = JsonErrorReason;

testing::AssertionResult refused(std::string_view text, Reason reason, const JsonReadOptions& options = {}) {
  const auto value = read_json(text, options);
  if (value) return testing::AssertionFailure() << "read: " << text.substr(0, 80);
  if (value.error().reason == reason) return testing::AssertionSuccess();
  return testing::AssertionFailure() << describe(value.error()) << " in " << text.substr(0, 80);
}

std::string repeated(std::string_view piece, size_t times) {
  std::string text;
  text.reserve(piece.size() * times);
  for (size_t i = 0; i < times; ++i) text += piece;
  return text;
}

TEST(JsonReader, ReadsEveryTypeAndKeepsTheOrderOfMembers) {
  const auto value =
      read_json(" {\"z\":null,\"a\":[true,false,-5,\"x\\u00e9\\n\"],\"m\":{\"k\":9007199254740992}} \r\n\t");
  ASSERT_TRUE(value);
  const auto* members = value->as_object();
  ASSERT_NE(members, nullptr);
  ASSERT_EQ(members->size(), 3u);
  EXPECT_EQ((*members)[0].name, "z");
  EXPECT_EQ((*members)[1].name, "a");
  EXPECT_TRUE((*members)[0].value.is_null());
  const auto* list = value->find("a")->as_array();
  ASSERT_NE(list, nullptr);
  EXPECT_EQ((*list)[0].as_boolean(), true);
  EXPECT_EQ((*list)[1].as_boolean(), false);
  EXPECT_EQ((*list)[2].as_integer(), -5);
  EXPECT_EQ(*(*list)[3].as_string(), "x\u00e9\n");
  EXPECT_EQ(value->find("m")->find("k")->as_integer(), int64_t{1} << 53);
}

TEST(JsonReader, RefusesMoreValuesThanItIsToldWhileReading) {
  EXPECT_TRUE(read_json("[1,[],{}]", {.values_max = 4}));
  EXPECT_TRUE(refused("[1,[],{}]", Reason::kTooManyValues, {.values_max = 3}));
  EXPECT_TRUE(refused("[" + repeated("[],", 300'000) + "[]]", Reason::kTooManyValues,
                      {.size_max = 2'000'000, .values_max = 100}));
  EXPECT_TRUE(refused(R"({"a":1,"b":{"c":2}})", Reason::kTooManyValues, {.values_max = 2}));
}

TEST(JsonReader, ConvertsNothingBetweenTypes) {
  const auto value = read_json(R"({"n":1,"s":"1","b":true})");
  ASSERT_TRUE(value);
  EXPECT_EQ(value->find_string("n"), nullptr);
  EXPECT_EQ(value->find("s")->as_integer(), std::nullopt);
  EXPECT_EQ(value->find("b")->as_integer(), std::nullopt);
  EXPECT_EQ(value->find("n")->as_boolean(), std::nullopt);
  EXPECT_EQ(value->find("absent"), nullptr);
  EXPECT_EQ(value->find("n")->find("n"), nullptr);
}

TEST(JsonReader, RefusesDuplicateMembersAtEveryLevel) {  // RFC 7493 section 2.3
  EXPECT_TRUE(refused(R"({"a":1,"a":1})", Reason::kDuplicateMember));
  EXPECT_TRUE(refused(R"({"x":{"a":1,"b":2,"a":3}})", Reason::kDuplicateMember));
  EXPECT_TRUE(refused(R"([[{"":1,"":2}]])", Reason::kDuplicateMember));
  EXPECT_TRUE(read_json(R"({"a":{"a":1},"A":2})"));
}

TEST(JsonReader, RefusesADuplicateThatIsSpeltWithEscapes) {  // RFC 8259 section 8.3
  EXPECT_TRUE(refused(R"({"a":1,"\u0061":2})", Reason::kDuplicateMember));
  EXPECT_TRUE(refused(R"({"/":1,"\/":2})", Reason::kDuplicateMember));
  EXPECT_TRUE(refused("{\"\U0001F511\":1,\"\\uD83D\\udd11\":2}", Reason::kDuplicateMember));
}

TEST(JsonReader, RefusesADuplicateAmongManyMembers) {
  std::string text = "{";
  for (int i = 0; i < 4000; ++i) text += "\"m" + std::to_string(i) + "\":0,";
  EXPECT_TRUE(read_json(text + "\"m4000\":0}"));
  EXPECT_TRUE(refused(text + "\"m1999\":0}", Reason::kDuplicateMember));
}

TEST(JsonReader, RefusesOneLevelMoreThanAllowed) {
  EXPECT_TRUE(read_json(repeated("[", 8) + repeated("]", 8)));
  EXPECT_TRUE(refused(repeated("[", 9) + repeated("]", 9), Reason::kTooDeep));
  EXPECT_TRUE(refused(R"({"a":{"a":{"a":0}}})", Reason::kTooDeep, {.depth_max = 2}));
  EXPECT_TRUE(refused("[]", Reason::kTooDeep, {.depth_max = 0}));
  EXPECT_TRUE(read_json(repeated(R"({"a":)", 16) + "0" + repeated("}", 16), {.depth_max = 16}));
}

// CVE-2025-53864 (Nimbus): nesting must cost neither stack nor time.
TEST(JsonReader, RefusesTenThousandOpenBracketsAtOnce) {
  const auto start = std::chrono::steady_clock::now();
  for (const char* piece : {"[", "{\"a\":", "[{\"a\":"}) EXPECT_TRUE(refused(repeated(piece, 10000), Reason::kTooDeep));
  EXPECT_TRUE(refused(repeated("[", 10000), Reason::kSyntax, {.depth_max = 100000}));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(200));
}

TEST(JsonReader, RefusesATextOverTheSizeLimitWithoutReadingIt) {
  const std::string text = "\"" + std::string(64 * 1024 - 2, 'x') + "\"";
  EXPECT_TRUE(read_json(text));
  EXPECT_TRUE(refused(text + " ", Reason::kTooLarge));
  EXPECT_TRUE(refused("12345", Reason::kTooLarge, {.size_max = 4}));
}

// Sizes at the limit that are built to be slow: many tiny members, many names alike, many escapes.
TEST(JsonReader, WorstCasesOfTheAllowedSizeStayFast) {
  const auto start = std::chrono::steady_clock::now();
  std::string members = "{";
  while (members.size() < 65000) members += "\"" + std::string(60, 'p') + std::to_string(members.size()) + "\":0,";
  read_json(members + "\"z\":0}");
  read_json("[" + repeated("0,", 32000) + "0]");
  read_json("[" + repeated("{},", 21000) + "0]");
  read_json("\"" + repeated("\\ud83d\\udd11", 5400) + "\"");
  read_json(repeated("9", 65000));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(500));
}

TEST(JsonReader, RefusesBadUtf8InNamesAndValues) {
  for (const char* bad : {"\xFF", "\x80", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82"}) {
    EXPECT_TRUE(refused(std::string("\"") + bad + "\"", Reason::kBadUtf8));
    EXPECT_TRUE(refused(std::string("{\"") + bad + "\":1}", Reason::kBadUtf8));
  }
  EXPECT_EQ(read_json("\"abc\xFF\"").error().offset, 4u);
}

TEST(JsonReader, RefusesLoneSurrogatesOfBothKinds) {  // RFC 7493 section 2.1
  for (const char* text : {R"("\ud800")", R"("\udbffx")", R"("\ud800\u0041")", R"("\ud800\ud800")", R"("\udc00")",
                           R"("x\udfff")", R"("\udc00\ud800")", R"({"\udead":1})", R"({"\ud83d":1})"}) {
    EXPECT_TRUE(refused(text, Reason::kLoneSurrogate));
  }
  EXPECT_EQ(*read_json(R"("\ud83d\udd11")")->as_string(), "\U0001F511");
}

TEST(JsonReader, RefusesNulRawAndEscaped) {
  EXPECT_TRUE(refused(std::string_view("\"a\0b\"", 5), Reason::kNul));
  EXPECT_TRUE(refused(std::string_view("{}\0", 3), Reason::kNul));  // a reader of C strings would stop here
  EXPECT_TRUE(refused(std::string_view("{}\0{", 4), Reason::kNul));
  EXPECT_TRUE(refused(std::string_view("\0{}", 3), Reason::kNul));
  EXPECT_TRUE(refused(R"("a\u0000b")", Reason::kNul));
  EXPECT_TRUE(refused(R"({"a\u0000":1})", Reason::kNul));
  EXPECT_EQ(read_json(R"("a\u0000b")", {.allow_nul = true})->as_string()->size(), 3u);
}

TEST(JsonReader, RefusesIntegersBeyondTwoToThe53) {  // RFC 7493 section 2.2
  EXPECT_EQ(read_json("-9007199254740992")->as_integer(), -(int64_t{1} << 53));
  for (const char* text : {"9007199254740993", "-9007199254740993", "9223372036854775807", "9223372036854775808",
                           "18446744073709551616", "-99999999999999999999999999"}) {
    EXPECT_TRUE(refused(text, Reason::kNumberOutOfRange));
    EXPECT_TRUE(refused(text, Reason::kNumberOutOfRange, {.allow_fractions = true}));
  }
}

TEST(JsonReader, RefusesFractionsAndExponentsUnlessAllowed) {
  for (const char* text : {"1.0", "1e3", "1E3", "-0.5", "0e0"}) {
    EXPECT_TRUE(refused(text, Reason::kNotAnInteger));
    EXPECT_TRUE(read_json(text, {.allow_fractions = true})) << text;
  }
  const auto value = read_json("1.0", {.allow_fractions = true});
  EXPECT_EQ(value->as_integer(), std::nullopt);
  EXPECT_EQ(value->as_number(), 1.0);
  EXPECT_EQ(read_json("7")->as_number(), 7.0);
}

TEST(JsonReader, RefusesNumbersThatNoDoubleHolds) {
  EXPECT_TRUE(refused("1e400", Reason::kNumberOutOfRange, {.allow_fractions = true}));
  EXPECT_TRUE(refused("-1e400", Reason::kNumberOutOfRange, {.allow_fractions = true}));
}

TEST(JsonReader, RefusesWhatOnlyLenientParsersTake) {
  for (const char* text : {"NaN",
                           "nan",
                           "Infinity",
                           "-Infinity",
                           "inf",
                           "+1",
                           "[01]",
                           "[-01]",
                           "1.",
                           ".5",
                           "1e",
                           "-",
                           "[0x10]",
                           "[1_000]",
                           "True",
                           "TRUE",
                           "nul",
                           "undefined",
                           "'a'",
                           "{a:1}",
                           "{'a':1}",
                           "{\"a\":1,}",
                           "[1,]",
                           "[,1]",
                           "[1 2]",
                           "{\"a\" 1}",
                           "{\"a\":}",
                           "{:1}",
                           "{1:1}",
                           "// c\n1",
                           "/* c */1",
                           "[1/**/]",
                           "\"a\nb\"",
                           "\"a\tb\"",
                           "\"\x1f\"",
                           "\"\\x41\"",
                           "\"\\u12\"",
                           "\"\\u12g4\"",
                           "\"\\U0041\"",
                           "\"\\\"",
                           "\"",
                           "[",
                           "{",
                           "{\"a\":1",
                           "]",
                           "}",
                           "[}",
                           "{]",
                           "",
                           " ",
                           "\xC2\xA0"
                           "1",
                           "\v1",
                           "\f1"}) {
    EXPECT_TRUE(refused(text, Reason::kSyntax, {.allow_fractions = true}));
  }
}

TEST(JsonReader, RefusesTextAfterTheValue) {
  for (const char* text : {"{} x", "{}{}", "1 2", "[],", "\"a\"\"b\"", "null]", "{}}", "{} //c"}) {
    EXPECT_TRUE(refused(text, Reason::kTrailingText));
  }
}

TEST(JsonReader, RefusesAByteOrderMarkAndOtherEncodings) {  // RFC 8259 section 8.1
  EXPECT_TRUE(refused("\xEF\xBB\xBF{}", Reason::kByteOrderMark));
  EXPECT_FALSE(read_json(std::string_view("\xFF\xFE{\0}\0", 6)));
  EXPECT_FALSE(read_json(std::string_view("\0{\0}", 4)));
}

TEST(JsonReader, RefusesEveryTruncationOfADocument) {
  const std::string text = R"({"keys":[{"kty":"OKP","n":-12,"b":true,"e":"\u00e9\ud83d\udd11"},null]})";
  ASSERT_TRUE(read_json(text));
  for (size_t size = 0; size < text.size(); ++size) EXPECT_FALSE(read_json(text.substr(0, size))) << size;
}

TEST(JsonReader, SaysWhereAndWhy) {
  const auto value = read_json(R"({"a":1,"b":tru})");
  ASSERT_FALSE(value);
  EXPECT_GE(value.error().offset, 11u);
  EXPECT_LE(value.error().offset, 14u);
  EXPECT_EQ(describe({Reason::kDuplicateMember, 17}), "duplicate member at offset 17");
}

}  // namespace
}  // namespace signet
