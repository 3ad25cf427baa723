// Every kind of mistake in a dialect's file: its line, and what the message says is wrong and allowed.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tests/protocol/dialect/mistake.h"

namespace signet {
namespace {

using namespace testing_support;

class MistakeTest : public testing::TestWithParam<Mistake> {};

TEST_P(MistakeTest, IsToldOnceWithItsLine) { expect_told_once(GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    Top, MistakeTest,
    testing::Values(
        Mistake{"NotToml", "title = ", "title = = ", 2, "not TOML: ..."},
        Mistake{"Twice", "title = \"Least\"", "title = \"a\"\ntitle = \"b\"", 3, "not TOML: ..."},
        Mistake{"NotUtf8", "Least", "\xFF", 2, "not TOML: an octet that is not UTF-8"},
        Mistake{"StrayOctet", "title", "\xC3\xA9", 2,
                "not TOML: a quote, or an octet outside ASCII, where neither may be"},
        Mistake{"UnknownKey", "title", "titel", 2,
                "unknown key \"titel\"; did you mean \"title\"? (allowed: name, title, default_tenant_names, "
                "accept_versions, reuse, switches, token, bearer, headers, "
                "error, error_sets, endpoint, when)"},
        Mistake{"UnknownTable", "[headers]\nCache", "[header]\nCache", 14,
                "unknown key \"header\"; did you mean \"headers\"? ..."},
        Mistake{"NoName", "name = \"least\"\n", "", 1, "name: is required"},
        Mistake{"NameType", "\"least\"", "1", 1, "name: expected a text, not an integer"},
        Mistake{"NameCase", "\"least\"", "\"Least1\"", 1, "name: expected 1 to 32 of a-z0-9-, a letter first"},
        Mistake{"NameDigitFirst", "\"least\"", "\"1a\"", 1, "name: expected 1 to 32 of a-z0-9-, a letter first"},
        Mistake{"NameEmpty", "\"least\"", "\"\"", 1, "name: expected 1 to 32 of a-z0-9-, a letter first"},
        Mistake{"NameLong", "\"least\"", "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"", 1, "name: expected 1 to 32..."},
        Mistake{"TitleEmpty", "\"Least\"", "\"\"", 2, "title: expected 1 to 100 octets without control characters"},
        Mistake{"TitleControl", "\"Least\"", "\"a\\u0007\"", 2, "title: expected 1 to 100 octets..."},
        Mistake{"SwitchType", "on = true", "on = 1", 4, "[switches] on: expected true or false"},
        Mistake{"SwitchName", "off = false", "off = false\nO-N = true", 6,
                "[switches]: the name of a switch has 1 to 64 of a-z0-9_"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Token, MistakeTest,
    testing::Values(
        Mistake{"UnknownKey", "lifetime_s = 600", "lifetime = 600\nlifetime_s = 600", 10,
                "[token]: unknown key \"lifetime\"; did you mean \"lifetime_s\"? (allowed: alg, header, claims, "
                "lifetime_s)"},
        Mistake{"NoAlg", "alg = \"HS256\"\n", "", 6, "[token] alg: is required"},
        Mistake{"UnknownAlg", "\"HS256\"", "\"HS257\"", 7,
                "[token] alg: unknown algorithm \"HS257\"; did you mean \"HS256\"? (allowed: EdDSA, Ed25519, ES256, "
                "PS256, RS256, HS256, HS384, HS512)"},
        Mistake{"AlgNone", "\"HS256\"", "\"none\"", 7, "[token] alg: unknown algorithm \"none\"; ..."},
        Mistake{"AlgCase", "\"HS256\"", "\"hs256\"", 7, "[token] alg: unknown algorithm..."},
        Mistake{"HeaderNotJson", R"('{"typ":"JWT","alg":"${alg}"}')", R"('{"alg":"${alg}"')", 8,
                "[token] header: with values in place this is not JSON..."},
        Mistake{"HeaderEmpty", R"('{"typ":"JWT","alg":"${alg}"}')", "''", 8, "[token] header: expected a JSON object"},
        Mistake{"HeaderType", R"('{"typ":"JWT","alg":"${alg}"}')", "1", 8,
                "[token] header: expected a text, not an integer"},
        Mistake{"HeaderArray", R"('{"typ":"JWT","alg":"${alg}"}')", "'[]'", 8,
                "[token] header: no header of a signed token: ..."},
        Mistake{"HeaderNoAlg", R"('{"typ":"JWT","alg":"${alg}"}')", R"('{"typ":"JWT"}')", 8,
                "[token] header: no header of a signed token: ..."},
        Mistake{"HeaderOtherAlg", R"("alg":"${alg}"})", R"("alg":"HS512"})", 8,
                "[token] header: its alg is HS512 where the token's is HS256; write \"${alg}\""},
        Mistake{"HeaderNone", R"("alg":"${alg}"})", R"("alg":"none"})", 8,
                "[token] header: no header of a signed token: ..."},
        Mistake{"HeaderCrit", R"("alg":"${alg}"})", R"("alg":"${alg}","crit":["x"]})", 8,
                "[token] header: no header of a signed token: ..."},
        Mistake{"HeaderOwnType", R"("typ":"JWT")", R"("typ":"AT+jwt")", 8,
                "[token] header: typ at+jwt is that of Signet's own tokens"},
        Mistake{"HeaderOwnMediaType", R"("typ":"JWT")", R"("typ":"application/at+jwt")", 8,
                "[token] header: typ at+jwt is that of Signet's own tokens"},
        Mistake{"HeaderValue", R"("typ":"JWT")", R"("typ":"${client_id}")", 8,
                "[token] header: ${client_id} has no value here (allowed: alg, kid)"},
        Mistake{"NoClaims", "claims = '{\"sub\":\"${client_id}\",\"iat\":${issued_at},\"exp\":${expires_at}}'\n", "", 6,
                "[token] claims: is required"},
        Mistake{"ClaimsType", "'{\"sub\":\"${client_id}\",\"iat\":${issued_at},\"exp\":${expires_at}}'", "true", 9,
                "[token] claims: expected a text, not a boolean"},
        Mistake{"ClaimsArray", "'{\"sub\":\"${client_id}\",\"iat\":${issued_at},\"exp\":${expires_at}}'", "'[1]'", 9,
                "[token] claims: expected a JSON object"},
        Mistake{"NoIdentity", "\"${client_id}\"", "\"x${client_id}\"", 9,
                "[token] claims: no claim says whose token it is: one at the top must be exactly \"${key_id|uuid}\", "
                "\"${key_id|hex}\", \"${client_id}\" or \"${subject}\" (these two also with |base64 or |base64url)"},
        Mistake{"IdentityUpper", "\"${client_id}\"", "\"${client_id|upper}\"", 9,
                "[token] claims: no claim says whose..."},
        Mistake{"IdentityShort", "\"${client_id}\"", "\"${key_id|hex24}\"", 9,
                "[token] claims: no claim says whose..."},
        Mistake{"IdentityNested", "\"${client_id}\"", "{\"id\":\"${client_id}\"}", 9,
                "[token] claims: no claim says whose..."},
        Mistake{"IdentityInList", "\"${client_id}\"", "[\"${client_id}\"]", 9,
                "[token] claims: no claim says whose..."},
        Mistake{"NoExpiry", ",\"exp\":${expires_at}", "", 9,
                "[token] claims: no claim says when a token ends: one at the top must be exactly ${expires_at}"},
        Mistake{"ExpiryText", "${expires_at}", "\"${expires_at}\"", 9, "[token] claims: no claim says when..."},
        Mistake{"ExpiryMs", "${expires_at}", "${expires_at|ms}", 9, "[token] claims: no claim says when..."},
        Mistake{"ClaimTwice", "\"exp\":", "\"iat\":", 9,
                "[token] claims: with values in place this is not JSON (duplicate..."},
        Mistake{"ClaimsToken", "\"sub\":\"${client_id}\"", "\"sub\":\"${client_id}\",\"t\":\"${token}\"", 9,
                "[token] claims: ${token} has no value here..."},
        Mistake{"ClaimsCapture", "\"sub\":\"${client_id}\"", "\"sub\":\"${client_id}\",\"t\":\"${path.org}\"", 9,
                "[token] claims: ${path.org}: no path here captures anything"},
        Mistake{"NoLifetime", "lifetime_s = 600\n", "", 6, "[token] lifetime_s: is required"},
        Mistake{"LifetimeZero", "600", "0", 10, "[token] lifetime_s: expected an integer from 1 to 86400"},
        Mistake{"LifetimeLong", "600", "86401", 10, "[token] lifetime_s: expected an integer from 1 to 86400"},
        Mistake{"LifetimeType", "600", "\"600\"", 10, "[token] lifetime_s: expected an integer from 1 to 86400"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Bearer, MistakeTest,
    testing::Values(Mistake{"UnknownKey", "scheme = \"Bearer\"", "schema = \"Bearer\"", 13,
                            "[bearer]: unknown key \"schema\"; did you mean \"scheme\"? (allowed: headers, scheme, "
                            "scheme_case_sensitive, query)"},
                    Mistake{"Scheme", "\"Bearer\"", "\"Bearer \"", 13,
                            "[bearer] scheme: expected one word such as Bearer, or \"\" for the raw token"},
                    Mistake{"Query", "\"Bearer\"", "\"Bearer\"\nquery = \"a b\"", 14,
                            "[bearer] query: expected the name of a parameter, or \"\" for none"},
                    Mistake{"CaseType", "\"Bearer\"", "\"Bearer\"\nscheme_case_sensitive = 1", 14,
                            "[bearer] scheme_case_sensitive: expected true or false, not an integer"},
                    Mistake{"HeadersType", "[\"Authorization\"]", "\"Authorization\"", 12,
                            "[bearer] headers: expected a list of at most 4 headers"},
                    Mistake{"HeadersEmpty", "[\"Authorization\"]", "[]", 12,
                            "[bearer] headers: without a header there must be a query"},
                    Mistake{"HeadersMany", "[\"Authorization\"]", "[\"a\",\"b\",\"c\",\"d\",\"e\"]", 12,
                            "[bearer] headers: expected a list of at most 4 headers"},
                    Mistake{"HeaderName", "[\"Authorization\"]", "[\n\"Authori zation\"]", 13,
                            "[bearer] headers: expected the name of a header, or { name = \"...\", scheme = \"...\" }"},
                    Mistake{
                        "HeaderKey", "[\"Authorization\"]", "[{ name = \"A\", schema = \"\" }]", 12,
                        "[bearer] headers: unknown key \"schema\"; did you mean \"scheme\"? (allowed: name, scheme)"}),
    name_of);

TEST(MistakesTest, AllOfAFileAreToldInTheOrderOfLines) {
  std::string text = with(kLeastDialect, "status = 404", "status = 4");
  text = with(text, "alg = \"HS256\"", "alg = \"x\"");
  text = with(text, "\"Least\"", "\"\"");
  text = with(text, "[\"POST\"]", "[\"X\"]");
  const auto problems = problems_of(text);
  ASSERT_EQ(problems.size(), 4u) << all_problems(problems);
  EXPECT_EQ(problems[0].line, 2u);
  EXPECT_EQ(problems[1].line, 7u);
  EXPECT_EQ(problems[2].line, 23u);
  EXPECT_EQ(problems[3].line, 36u);
}

TEST(MistakesTest, AnEmptyFileMissesWhatItMust) {
  const auto problems = problems_of("");
  EXPECT_EQ(problems.size(), 2u) << all_problems(problems);
  EXPECT_TRUE(std::ranges::any_of(problems, [](const auto& one) { return one.text == "name: is required"; }));
  EXPECT_TRUE(std::ranges::any_of(
      problems, [](const auto& one) { return one.text == "endpoint: is required: at least one [[endpoint]]"; }));
}

TEST(MistakesTest, AFileIsAtMost64KiB) {
  std::string text(kLeastDialect);
  text += "#" + std::string(kDialectFileSizeMax - text.size() - 1, 'x');
  EXPECT_TRUE(problems_of(text).empty());
  text += 'x';
  EXPECT_EQ(all_problems(problems_of(text)), "f.toml: a dialect's file has at most 64 KiB, not 65537 octets\n");
}

TEST(MistakesTest, ListsThatAreTooLongAreToldOnce) {
  std::string text(kLeastDialect);
  for (int i = 0; i < 64; ++i) {
    const std::string n = std::to_string(i);
    text += "[[endpoint]]\nname = 'e" + n + "'\npaths = ['/e" + n + "']\nmethods = ['GET']\nhandler = 'answer'\n" +
            "[endpoint.success]\nbody = '{}'\n";
  }
  EXPECT_EQ(all_problems(problems_of(text)), "f.toml:20: endpoint: at most 64 endpoints, not 65\n");

  std::string headers;
  for (int i = 0; i < 32; ++i) headers += "X-" + std::to_string(i) + " = 'x'\n";
  const auto problems = problems_of(with(kLeastDialect, "[error.default]", headers + "[error.default]"));
  ASSERT_FALSE(problems.empty());
  EXPECT_EQ(problems[0].text, "an answer has at most 32 headers, not 33");

  std::string switches;
  for (int i = 0; i < 31; ++i) switches += "s" + std::to_string(i) + " = true\n";
  EXPECT_EQ(all_problems(problems_of(with(kLeastDialect, "[token]", switches + "[token]"))),
            "f.toml:3: [switches]: at most 32 switches, not 33\n");
}

TEST(MistakesTest, NoMoreThanAHundredAreListed) {
  std::string text(kLeastDialect);
  for (int i = 0; i < 1000; ++i) text = "x" + std::to_string(i) + " = 1\n" + text;
  EXPECT_EQ(problems_of(text).size(), kDialectProblemsMax);
}

TEST(MistakesTest, DeepNestingIsRefusedAndNotFollowed) {
  EXPECT_EQ(problems_of("a = " + std::string(30'000, '[')).size(), 1u);
  EXPECT_EQ(problems_of("a = " + std::string(10'000, '{')).size(), 1u);
}

TEST(MistakesTest, TwoEndpointsOfOneNameOrPathAre) {
  const std::string more =
      "[[endpoint]]\nname = 'NAME'\npaths = ['PATH']\nmethods = ['*']\nhandler = 'answer'\n"
      "[endpoint.success]\nbody = '{}'\n";
  EXPECT_EQ(all_problems(problems_of(std::string(kLeastDialect) + with(with(more, "NAME", "one"), "PATH", "/two"))),
            "f.toml:37: [[endpoint]]: the name \"one\" is that of the endpoint at line 20 too\n");
  EXPECT_EQ(all_problems(problems_of(std::string(kLeastDialect) + with(with(more, "NAME", "two"), "PATH", "/{x}"))),
            "f.toml:39: [[endpoint]] \"two\" paths: /{x} takes the same requests as /one of endpoint \"one\"\n");
}

TEST(MistakesTest, ASwitchFromOutsideThatTheFileHasNotIsOne) {
  const std::pair<std::string, bool> set[] = {{"onn", true}};
  EXPECT_EQ(all_problems(problems_of(kLeastDialect, {.switches = set})),
            "f.toml: set from outside: unknown switch \"onn\"; did you mean \"on\"? (allowed: on, off)\n");
}

TEST(MistakesTest, WhatNeedsATokenSectionSaysSo) {
  std::string text(kLeastDialect);
  const size_t from = text.find("[token]");
  text.erase(from, text.find("[bearer]") - from);
  text = with(text, "body = \"form\"", "body = \"form\"\nguarded = true");
  const auto problems = problems_of(text + "[when.on.token]\nlifetime_s = 5\n");
  EXPECT_EQ(all_problems(problems),
            "f.toml:19: [[endpoint]] \"one\" handler: \"issue\" needs a [token]\n"
            "f.toml:23: [[endpoint]] \"one\" guarded: needs a [token]: what else would be presented?\n"
            "f.toml:33: [when.on] token: there is no [token]\n");
}

TEST(MistakesTest, OfPartsThatAreSwitchedOffAreToldLikeOthers) {
  const std::string text = std::string(kLeastDialect) + R"([[endpoint]]
name = "two"
paths = ["/two"]
methods = ["GET"]
handler = "answer"
when = "off"
[endpoint.success]
body = '{"a":${issuer}}'
[when.off.error.conflict]
body = '{"error":"${token}"}'
[when.off.headers]
X-A = "a${"
[when.off.token]
lifetime_s = 0
[when.of.error.conflict]
status = 400
[when.off.errors]
)";
  const auto problems = problems_of(text);
  ASSERT_EQ(problems.size(), 6u) << all_problems(problems);
  EXPECT_EQ(problems[0].line, 44u);
  EXPECT_EQ(problems[0].text, "body: ${issuer} is text: put it in quotes");
  EXPECT_EQ(problems[1].line, 46u);
  EXPECT_TRUE(problems[1].text.starts_with("body: ${token} has no value here")) << problems[1].text;
  EXPECT_EQ(problems[2].line, 48u);
  EXPECT_EQ(problems[3].line, 50u);
  EXPECT_EQ(problems[3].text, "[when.off.token] lifetime_s: expected an integer from 1 to 86400");
  EXPECT_TRUE(problems[4].text.starts_with("[when] of: unknown switch \"of\"; did you mean \"on\"?"))
      << problems[4].text;
  EXPECT_TRUE(problems[5].text.starts_with("[when.off]: unknown key \"errors\"; did you mean \"error\"?"));
}

}  // namespace
}  // namespace signet
