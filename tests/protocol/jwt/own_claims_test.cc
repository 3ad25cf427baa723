// The two readers of our own claims against each other and against the verifier of tokens: over many generated claims
// sets and their mutations.
#include "protocol/jwt/own_claims.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "protocol/base/base64url.h"
#include "protocol/jwt/access_token.h"
#include "protocol/jwt/verified_jwt.h"
#include "tests/protocol/jwt/hs256.h"

namespace signet {
namespace {

constexpr std::string_view kPlain =
    R"({"iss":"https://id.example","sub":"robot","aud":"urn:a","client_id":"c","scope":"a b","iat":1000,)"
    R"("exp":1900,"jti":"AYvK0G8AAQIDBAUGBwgJCg","sid":"F"})";

std::string changed(std::string_view from, std::string_view to) {
  std::string text(kPlain);
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}
// With members behind the last one.
std::string extended(std::string_view members) {
  return std::string(kPlain.substr(0, kPlain.size() - 1)) + "," + std::string(members) + "}";
}

std::string too_many_audiences() {
  std::string array = "[\"u\"";
  for (size_t i = 0; i < kOwnAudiencesMax; ++i) array += ",\"u\"";
  return array + "]";
}

bool own(std::string_view json) {
  OwnClaims claims;
  return read_own_claims(json, claims);
}
bool general(std::string_view json) {
  const auto tree = read_claims_json(json);
  OwnClaims claims;
  return tree && read_claims(*tree, claims);
}

void expect_same(const OwnClaims& a, const OwnClaims& b, std::string_view json) {
  EXPECT_EQ(a.issuer, b.issuer) << json;
  EXPECT_EQ(a.subject, b.subject) << json;
  EXPECT_EQ(a.client_id, b.client_id) << json;
  EXPECT_EQ(a.scope, b.scope) << json;
  EXPECT_EQ(a.jti, b.jti) << json;
  EXPECT_EQ(a.family, b.family) << json;
  EXPECT_EQ(a.issued_at, b.issued_at) << json;
  EXPECT_EQ(a.expires_at, b.expires_at) << json;
  EXPECT_EQ(a.not_before, b.not_before) << json;
  EXPECT_TRUE(std::ranges::equal(a.audience(), b.audience())) << json;
}

// The general reader must agree with the fast one, and with what verify_access_token makes of the same claims.
// Returns whether the fast one knew the text.
bool compare(std::string_view json) {
  OwnClaims fast;
  const bool known = read_own_claims(json, fast);
  const auto tree = read_claims_json(json);
  OwnClaims slow;
  const bool accepted = tree && read_claims(*tree, slow);
  if (known) {
    EXPECT_TRUE(accepted) << json;
    if (accepted) expect_same(fast, slow, json);
    for (const std::string_view name : kIntrospectionOwnNames) EXPECT_EQ(tree->find(name), nullptr) << json;
  }
  const auto jwt = verify_hs256_claims(json, accepted ? slow.issuer : "x", accepted ? slow.audience()[0] : "x",
                                       accepted ? slow.issued_at : 0, accepted ? slow.not_before : 0);
  // The verifier takes any number of audiences, a check no more than are ever written.
  const bool verified = jwt.has_value() || jwt.error() != JwtError::kBadClaims;
  EXPECT_TRUE(accepted ? verified : !verified || tree->find("aud")->as_array()->size() > kOwnAudiencesMax) << json;
  if (accepted && jwt) {
    EXPECT_EQ(jwt->subject(), slow.subject);
    EXPECT_EQ(jwt->client_id(), slow.client_id);
    EXPECT_EQ(jwt->scope(), slow.scope);
    EXPECT_EQ(jwt->family(), slow.family);
    EXPECT_EQ(jwt->jti(), slow.jti);
    EXPECT_EQ(jwt->expires_at(), slow.expires_at);
  }
  return known;
}

TEST(OwnClaims, ReadsWhatSignetWrites) {
  OwnClaims claims;
  ASSERT_TRUE(read_own_claims(kPlain, claims));
  EXPECT_EQ(claims.issuer, "https://id.example");
  EXPECT_EQ(claims.subject, "robot");
  EXPECT_EQ(claims.client_id, "c");
  EXPECT_EQ(claims.scope, "a b");
  EXPECT_EQ(claims.jti, "AYvK0G8AAQIDBAUGBwgJCg");
  EXPECT_EQ(claims.family, "F");
  EXPECT_EQ(claims.issued_at, 1000);
  EXPECT_EQ(claims.expires_at, 1900);
  ASSERT_EQ(claims.audience_count, 1u);
  EXPECT_EQ(claims.audience_values[0], "urn:a");
}

TEST(OwnClaims, LeavesEveryOtherLayoutToTheGeneralReader) {
  const std::string cases[] = {" " + std::string(kPlain),
                               std::string(kPlain) + " ",
                               changed(R"("sub":)", R"("sub": )"),
                               changed("robot", R"(ro\u0062ot)"),
                               changed("robot",
                                       "r\xC3\xB6"
                                       "bot"),
                               changed("1000", "01000"),
                               changed("1000", "1000.0"),
                               changed("1000", "-1000"),
                               changed("1000", "1e3"),
                               changed("1900", "9007199254740993"),
                               changed("\"iss\"", "\"Iss\""),
                               extended(R"("x":1.5)"),
                               extended(R"("x":[1])"),
                               extended(R"("x":{"a":1})"),
                               extended(R"("x":{"a":"b","c":"d"})"),
                               extended(R"("nbf":1)"),
                               extended(R"("active":false)"),
                               extended(R"("token_type":"x")"),
                               extended(R"("iss":"other")"),
                               extended(R"("x":1,"x":2)"),
                               extended(R"("":1)"),
                               extended(R"("a\"b":1)"),
                               changed("\"robot\"", "\"\""),
                               changed("\"urn:a\"", "[]"),
                               "",
                               "{}",
                               "[]",
                               "null"};
  for (const std::string& text : cases) {
    EXPECT_FALSE(own(text)) << text;
    compare(text);
  }
}

TEST(OwnClaims, TheGeneralReaderTakesOtherLayoutsAndRefusesWrongClaims) {
  EXPECT_TRUE(general(" " + std::string(kPlain)));
  EXPECT_TRUE(general(changed("robot", R"(ro\u0062ot)")));
  EXPECT_TRUE(general(extended(R"("active":false)")));
  for (const auto& text :
       {changed("1000", "1900"), changed("1000", "\"1000\""), changed("1000", "-1"), changed("1000", "1000.5"),
        changed("\"robot\"", "7"), changed("\"robot\"", "\"\""), changed("\"urn:a\"", "[\"urn:a\",1]"),
        changed("\"urn:a\"", "{}"), changed("\"a b\"", "[\"a\"]"), changed("\"F\"", "null"), extended(R"("nbf":"1")"),
        extended(R"("iss":"other")"), extended(R"("x":1,"x":2)"), std::string("[]"), std::string("{}"),
        changed("\"urn:a\"", too_many_audiences())}) {
    EXPECT_FALSE(general(text)) << text;
  }
}

TEST(OwnClaims, TakesExtraMembersOfSimpleKinds) {
  for (const std::string_view members :
       {R"("tenant_id":"x")", R"("level":7)", R"("level":-7)", R"("on":true,"off":false,"none":null)", R"("empty":"")",
        R"("cnf":{"jkt":"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"})"}) {
    EXPECT_TRUE(own(extended(members))) << members;
    compare(extended(members));
  }
}

std::string generated(std::mt19937& random) {
  const auto pick = [&](std::initializer_list<std::string_view> from) {
    return *(from.begin() + random() % from.size());
  };
  const std::vector<std::string_view> audiences(1 + random() % 4,
                                                "urn:service:"
                                                "a");
  std::array<char, kJtiSize> jti;
  std::array<uint8_t, 10> octets;
  for (uint8_t& octet : octets) octet = static_cast<uint8_t>(random());
  write_jti(1'700'000'000'000 + static_cast<UnixMs>(random()), octets, jti.data());
  std::string out(4096, '\0');
  out.resize(write_access_token_claims(
      {.issuer = pick({"https://id.example", "http://127.0.0.1:8420/t/acme"}),
       .subject = pick({"robot", "a\"b", "x\r\ny", "\xC3\xB6", "user@example.com"}),
       .audience = audiences,
       .client_id = pick({"c", "a.b-c_d~"}),
       .scope = pick({"", "a.read", "a.read b.write"}),
       .issued_at = static_cast<UnixSeconds>(random() % 2'000'000'000),
       .expires_at = 2'000'000'000 + static_cast<UnixSeconds>(random()),
       .jti = {jti.data(), jti.size()},
       .family = pick({"", "AAAAAAAAAAAAAAAAAAAAAA"}),
       .extra_members = pick({"", R"("cnf":{"jkt":"abc"})", R"("n":1,"t":"x")", R"("deep":{"a":[1,{"b":null}]})"})},
      out));
  return out;
}

TEST(OwnClaims, AgreesWithTheGeneralReaderOverGeneratedTokensAndTheirMutations) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  constexpr std::string_view kSpice = "\"\\{}[],:0123456789-+.eEnulltrfa \x7f\x1f\xc3";
  size_t known = 0;
  size_t known_mutants = 0;
  for (int i = 0; i < 2000; ++i) {
    const std::string json = generated(random);
    known += compare(json);
    for (int j = 0; j < 10; ++j) {
      std::string mutant = json;
      for (int k = static_cast<int>(random() % 2); k >= 0; --k) {
        const size_t at = random() % mutant.size();
        const char c = kSpice[random() % kSpice.size()];
        switch (random() % 4) {
          case 0:
            mutant[at] = c;
            break;
          case 1:
            mutant.insert(at, 1, c);
            break;
          case 2:
            mutant.erase(at, 1 + random() % 3);
            break;
          default:
            mutant.insert(at, mutant.substr(random() % mutant.size(), random() % 30));
        }
      }
      known_mutants += compare(mutant);
    }
  }
  EXPECT_GT(known, 500u) << "plain claims sets must take the fast way";
  EXPECT_GT(known_mutants, 500u) << "mutants that nobody accepts prove nothing";
}

TEST(OwnClaims, EveryTruncationIsRefusedByBoth) {
  for (size_t size = 0; size < kPlain.size(); ++size) {
    EXPECT_FALSE(own(kPlain.substr(0, size)));
    EXPECT_FALSE(general(kPlain.substr(0, size)));
  }
}

TEST(JtiTime, IsWhatWasWritten) {
  std::array<char, kJtiSize> jti;
  const std::array<uint8_t, 10> octets{};
  for (const UnixMs now : {UnixMs{0}, UnixMs{1'700'000'000'123}, (UnixMs{1} << 48) - 1}) {
    write_jti(now, octets, jti.data());
    EXPECT_EQ(jti_time_ms({jti.data(), jti.size()}), now);
  }
  for (const std::string_view other : {"", "J", "AYvK0G8AAQIDBAUGBwgJC", "AYvK0G8AAQIDBAUGBwgJCgA",
                                       "AYvK0G8AAQIDBAUGBwgJC!", "AYvK0G8AAQIDBAUGBwgJCh"}) {
    EXPECT_EQ(jti_time_ms(other), std::nullopt) << other;
  }
}

}  // namespace
}  // namespace signet
