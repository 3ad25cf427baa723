// Reading a dialect's claims: what its own template writes reads back, and nothing else does.
#include "protocol/dialect/dialect_claims.h"

#include <gtest/gtest.h>

#include <string>

#include "protocol/dialect/token_compile.h"
#include "tests/protocol/dialect/dialect_fixture.h"

namespace signet {
namespace {

using namespace testing_support;

constexpr std::string_view kClaims = R"({"sub":"${client_id}","iat":${issued_at},"exp":${expires_at}})";

Dialect dialect_of(std::string_view claims) { return good_dialect(with(kLeastDialect, kClaims, claims)); }

TemplateInput input() {
  return {.client_id = "bằng1",
          .subject = "a\"\\b",
          .jti = "ABEiM0RVZneImaq7zN3u_w",
          .issued_at = 1'700'000'000,
          .expires_at = 1'700'000'600,
          .key_id = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255}};
}

struct Form {
  const char* claims;
  DialectIdentity kind;
  const char* identity;
};

class FormTest : public testing::TestWithParam<Form> {};

TEST_P(FormTest, ReadsBackWhatItWrites) {
  const Dialect dialect = dialect_of(GetParam().claims);
  ASSERT_TRUE(dialect.token.has_value());
  DialectClaims claims;
  ASSERT_TRUE(read_dialect_claims(dialect, render(dialect.token->claims, input()), claims));
  EXPECT_EQ(claims.kind, GetParam().kind);
  EXPECT_EQ(claims.identity, GetParam().identity);
  if (claims.kind == DialectIdentity::kKeyId) {
    EXPECT_EQ(claims.key_id, input().key_id);
  }
  EXPECT_EQ(claims.issued_at, 1'700'000'000);
  EXPECT_EQ(claims.expires_at, 1'700'000'600);
}

INSTANTIATE_TEST_SUITE_P(
    All, FormTest,
    testing::Values(
        Form{R"({"a":"${client_id}","exp":${expires_at}})", DialectIdentity::kClientId, "bằng1"},
        Form{R"({"a":"${client_id|base64}","exp":${expires_at}})", DialectIdentity::kClientId, "bằng1"},
        Form{R"({"a":"${client_id|base64url}","exp":${expires_at}})", DialectIdentity::kClientId, "bằng1"},
        Form{R"({"a":"${subject}","exp":${expires_at}})", DialectIdentity::kSubject, "a\"\\b"},
        Form{R"({"a":"${subject|base64}","exp":${expires_at}})", DialectIdentity::kSubject, "a\"\\b"},
        Form{R"({"a":"${subject|base64url}","exp":${expires_at}})", DialectIdentity::kSubject, "a\"\\b"},
        Form{R"({"a":"${key_id|uuid}","exp":${expires_at}})", DialectIdentity::kKeyId, ""},
        Form{R"({"a":"${key_id|hex}","exp":${expires_at}})", DialectIdentity::kKeyId, ""},
        Form{R"({"a":"${subject}","b":"${client_id}","exp":${expires_at}})", DialectIdentity::kClientId, "bằng1"},
        Form{R"({"a":"${client_id}","b":"${key_id|hex}","exp":${expires_at}})", DialectIdentity::kKeyId, ""}));

TEST(DialectClaimsTest, TheJtiIsReadInEveryForm) {
  for (const char* filter : {"", "|hex", "|uuid"}) {
    const Dialect dialect =
        dialect_of(R"({"sub":"${client_id}","exp":${expires_at},"id":"${jti)" + std::string(filter) + "}\"}");
    ASSERT_TRUE(dialect.token.has_value());
    EXPECT_EQ(dialect.token->names.jti, "id");
    DialectClaims claims;
    ASSERT_TRUE(read_dialect_claims(dialect, render(dialect.token->claims, input()), claims)) << filter;
    EXPECT_EQ(claims.jti, "ABEiM0RVZneImaq7zN3u_w") << filter;
  }
}

TEST(DialectClaimsTest, SessionAndTenantAreReadFromBothEndsOfOneClaim) {
  for (const std::string filter : {"uuid", "hex"}) {
    const Dialect dialect = dialect_of(R"({"sub":"${client_id}","iss":"${session_key|)" + filter +
                                       R"(}@${tenant_key|)" + filter + R"(}","exp":${expires_at}})");
    ASSERT_TRUE(dialect.token.has_value());
    EXPECT_EQ(dialect.token->names.session, "iss");
    EXPECT_EQ(dialect.token->names.tenant, "iss");
    TemplateInput from = input();
    from.session_key = {9, 8, 7};
    from.tenant_key = {1, 2, 3, 255};
    const std::string text = render(dialect.token->claims, from);
    DialectClaims claims;
    ASSERT_TRUE(read_dialect_claims(dialect, text, claims)) << filter;
    EXPECT_EQ(claims.session_key, from.session_key);
    EXPECT_EQ(claims.tenant_key, from.tenant_key);
    for (const auto& [wrong, by] :
         {std::pair("0908", "09g8"), std::pair("0908", "090"), std::pair("010203", "01020G")}) {
      EXPECT_FALSE(read_dialect_claims(dialect, with(text, wrong, by), claims)) << by;
    }
  }
}

TEST(DialectClaimsTest, WithoutThemThereIsNeither) {
  const Dialect dialect = dialect_of(R"({"sub":"${client_id}","a":"x${session_key|uuid}y","exp":${expires_at}})");
  EXPECT_EQ(dialect.token->names.session, "");
  EXPECT_EQ(dialect.token->names.tenant, "");
}

TEST(DialectClaimsTest, AShortenedJtiIsNone) {
  EXPECT_EQ(dialect_of(R"({"sub":"${client_id}","exp":${expires_at},"id":"${jti|hex24}"})").token->names.jti, "");
}

TEST(DialectClaimsTest, AnIssueTimeThatIsClaimedCounts) {
  const Dialect dialect = dialect_of(R"({"sub":"${client_id}","at":${issued_at},"exp":${expires_at}})");
  DialectClaims claims;
  ASSERT_TRUE(read_dialect_claims(dialect, R"({"sub":"c","at":5,"exp":1000})", claims));
  EXPECT_EQ(claims.issued_at, 5);
  EXPECT_EQ(claims.expires_at, 1000);
}

TEST(DialectClaimsTest, MembersOfOtherNamesAreNoMatter) {
  const Dialect dialect = dialect_of(kClaims);
  DialectClaims claims;
  EXPECT_TRUE(read_dialect_claims(dialect, R"({"x":1.5,"sub":"c","iat":5,"exp":1000,"y":{"exp":1}})", claims));
}

class MalformedTest : public testing::TestWithParam<const char*> {};

TEST_P(MalformedTest, IsNothing) {
  const Dialect dialect = dialect_of(R"({"sub":"${client_id}","iat":${issued_at},"exp":${expires_at},"jti":"${jti}"})");
  DialectClaims claims;
  ASSERT_TRUE(read_dialect_claims(dialect, R"({"sub":"c","iat":1,"exp":2,"jti":"ABEiM0RVZneImaq7zN3u_w"})", claims));
  EXPECT_FALSE(read_dialect_claims(dialect, GetParam(), claims));
}

INSTANTIATE_TEST_SUITE_P(
    All, MalformedTest,
    testing::Values(
        "", "{}", "[]", "null", "{", R"("sub")", "\xEF\xBB\xBF{}",
        R"({"iat":1,"exp":2,"jti":"ABEiM0RVZneImaq7zN3u_w"})",                           // no identity
        R"({"sub":"","iat":1,"exp":2,"jti":"ABEiM0RVZneImaq7zN3u_w"})",                  // an empty one
        R"({"sub":1,"iat":1,"exp":2,"jti":"ABEiM0RVZneImaq7zN3u_w"})",                   // a number
        R"({"sub":["c"],"iat":1,"exp":2,"jti":"ABEiM0RVZneImaq7zN3u_w"})",               // a list
        R"({"sub":"c","sub":"d","iat":1,"exp":2,"jti":"ABEiM0RVZneImaq7zN3u_w"})",       // twice
        R"({"sub":"c","\u0073ub":"d","iat":1,"exp":2,"jti":"ABEiM0RVZneImaq7zN3u_w"})",  // twice, behind an escape
        R"({"sub":"c","iat":1,"jti":"ABEiM0RVZneImaq7zN3u_w"})",                         // no expiry
        R"({"sub":"c","iat":1,"exp":"2","jti":"ABEiM0RVZneImaq7zN3u_w"})",               // a text
        R"({"sub":"c","iat":1,"exp":2.0,"jti":"ABEiM0RVZneImaq7zN3u_w"})",               // a fraction
        R"({"sub":"c","iat":-1,"exp":2,"jti":"ABEiM0RVZneImaq7zN3u_w"})",                // before 1970
        R"({"sub":"c","iat":2,"exp":2,"jti":"ABEiM0RVZneImaq7zN3u_w"})",                 // never alive
        R"({"sub":"c","exp":2,"jti":"ABEiM0RVZneImaq7zN3u_w"})",                         // no issue time
        R"({"sub":"c","iat":1,"exp":9007199254740993,"jti":"ABEiM0RVZneImaq7zN3u_w"})",  // beyond 2^53
        R"({"sub":"c","iat":1,"exp":2})",                                                // no jti
        R"({"sub":"c","iat":1,"exp":2,"jti":"ABEiM0RVZneImaq7zN3u_x"})",                 // another spelling
        R"({"sub":"c","iat":1,"exp":2,"jti":"ABEiM0RVZneImaq7zN3u"})",                   // too short
        R"({"sub":"c","iat":1,"exp":2,"jti":"ABEiM0RVZneImaq7zN3u_w"} x)"));             // more behind it

struct BadIdentity {
  const char* value;  // of the template
  const char* text;   // of the claim
};

class BadIdentityTest : public testing::TestWithParam<BadIdentity> {};

TEST_P(BadIdentityTest, IsNothing) {
  const Dialect dialect = dialect_of(R"({"sub":"${)" + std::string(GetParam().value) + R"(}","exp":${expires_at}})");
  DialectClaims claims;
  EXPECT_FALSE(read_dialect_claims(dialect, R"({"sub":")" + std::string(GetParam().text) + R"(","exp":2})", claims));
}

INSTANTIATE_TEST_SUITE_P(All, BadIdentityTest,
                         testing::Values(BadIdentity{"client_id|base64", "Y2w_"}, BadIdentity{"client_id|base64", "Y"},
                                         BadIdentity{"client_id|base64", ""},
                                         BadIdentity{"client_id|base64", "/w=="},  // not UTF-8
                                         BadIdentity{"client_id|base64url", "Y2w/"},
                                         BadIdentity{"client_id|base64url", "Y2w="},
                                         BadIdentity{"subject|base64url", "Y2x"},  // unused bits
                                         BadIdentity{"key_id|hex", "000102030405060708090A0B0C0D0EFF"},
                                         BadIdentity{"key_id|hex", "000102030405060708090a0b0c0d0ef"},
                                         BadIdentity{"key_id|hex", "000102030405060708090a0b0c0d0eff0"},
                                         BadIdentity{"key_id|hex", "00010203-0405-0607-0809-0a0b0c0d0eff"},
                                         BadIdentity{"key_id|uuid", "000102030405060708090a0b0c0d0eff"},
                                         BadIdentity{"key_id|uuid", "00010203-0405-0607-0809-0a0b0c0d0efg"},
                                         BadIdentity{"key_id|uuid", "00010203x0405-0607-0809-0a0b0c0d0eff"},
                                         BadIdentity{"key_id|uuid", "0001020-30405-0607-0809-0a0b0c0d0eff"}));

TEST(DialectHeaderTest, DiffersByKeyOnlyWithAKid) {
  const Dialect with_kid = good_dialect(with(kLeastDialect, R"("alg":"${alg}"})", R"("alg":"${alg}","kid":"${kid}"})"));
  ASSERT_TRUE(with_kid.token.has_value());
  EXPECT_EQ(with_kid.token->encoded_header, "");
  EXPECT_EQ(render_dialect_header(*with_kid.token, "k"), "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiIsImtpZCI6ImsifQ");
  const Dialect without = good_dialect(kLeastDialect);
  EXPECT_EQ(render_dialect_header(*without.token, "k"), without.token->encoded_header);
  EXPECT_EQ(render_dialect_header(*with_kid.token, std::string(9000, 'k')), "");
}

}  // namespace
}  // namespace signet
