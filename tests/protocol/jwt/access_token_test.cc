// Access tokens: RFC 9068 section 2.
#include "protocol/jwt/access_token.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "protocol/base/base64url.h"
#include "protocol/json/reader.h"
#include "protocol/jwt/reserved_claims.h"

namespace signet {
namespace {

constexpr std::string_view kOne[] = {"urn:a"};
constexpr std::string_view kTwo[] = {"urn:a", "urn:b"};

AccessTokenClaims example() {
  return {.issuer = "https://id.example",
          .subject = "robot",
          .audience = kOne,
          .client_id = "robot",
          .scope = "a.read b.read",
          .issued_at = 1700000000,
          .expires_at = 1700000900,
          .jti = "AYvK0G8AAQIDBAUGBwgJCg",
          .family = {},
          .extra_members = {}};
}

std::string written(const AccessTokenClaims& claims, size_t room = 4096) {
  std::string out(room, '\0');
  out.resize(write_access_token_claims(claims, out));
  return out;
}

std::string decoded(std::string_view text) {
  std::string out(text.size(), '\0');
  const auto size = base64url_decode(text, {reinterpret_cast<uint8_t*>(out.data()), out.size()});
  EXPECT_TRUE(size);
  out.resize(size.value_or(0));
  return out;
}

TEST(AccessTokenClaims, ComeInTheirOrder) {
  EXPECT_EQ(written(example()),
            R"({"iss":"https://id.example","sub":"robot","aud":"urn:a","client_id":"robot","scope":"a.read b.read",)"
            R"("iat":1700000000,"exp":1700000900,"jti":"AYvK0G8AAQIDBAUGBwgJCg"})");
}

TEST(AccessTokenClaims, HaveAnArrayForTwoAudiences) {
  AccessTokenClaims claims = example();
  claims.audience = kTwo;
  EXPECT_NE(written(claims).find(R"("aud":["urn:a","urn:b"],"client_id")"), std::string::npos);
}

TEST(AccessTokenClaims, LeaveOutWhatIsEmpty) {
  AccessTokenClaims claims = example();
  claims.scope = {};
  EXPECT_EQ(written(claims).find("scope"), std::string::npos);
  EXPECT_EQ(written(claims).find("sid"), std::string::npos);
}

TEST(AccessTokenClaims, EndWithFamilyAndExtraMembers) {
  AccessTokenClaims claims = example();
  claims.family = "F";
  claims.extra_members = R"("x":{"y":1},"z":null)";
  EXPECT_TRUE(written(claims).ends_with(R"(Cg","sid":"F","x":{"y":1},"z":null})"));
}

// The bounds-checked writer and the copying one must agree: the room decides which of them runs.
TEST(AccessTokenClaims, AreTheSameInATightBuffer) {
  for (const bool full : {false, true}) {
    AccessTokenClaims claims = example();
    if (full) {
      claims.audience = kTwo;
      claims.family = "F";
      claims.extra_members = R"("x":1)";
    } else {
      claims.scope = {};
    }
    const std::string roomy = written(claims);
    EXPECT_EQ(written(claims, roomy.size()), roomy);
  }
}

TEST(AccessTokenClaims, AreNothingInABufferTooSmall) {
  const size_t size = written(example()).size();
  for (size_t room = 0; room < size; ++room) EXPECT_EQ(written(example(), room), "") << room;
}

TEST(AccessTokenClaims, DoNotOverrunAtAnySize) {
  AccessTokenClaims claims = example();
  claims.audience = kTwo;
  claims.family = "F";
  claims.issued_at = claims.expires_at = std::numeric_limits<int64_t>::min();  // the most digits
  for (size_t room = 0; room < 600; ++room) {
    std::vector<char> out(room + 16, 'x');
    const size_t size = write_access_token_claims(claims, {out.data(), room});
    EXPECT_LE(size, room);
    EXPECT_EQ(std::string(out.begin() + static_cast<ptrdiff_t>(room), out.end()), std::string(16, 'x')) << room;
  }
}

TEST(AccessTokenClaims, EscapeEveryString) {
  const std::string odd = "a\"b\\c\n\x01";
  const std::vector<std::string_view> audience{odd};
  AccessTokenClaims claims = example();
  claims.issuer = claims.subject = claims.client_id = claims.scope = claims.jti = claims.family = odd;
  claims.audience = audience;
  const auto json = read_json(written(claims));
  ASSERT_TRUE(json);
  for (const char* name : {"iss", "sub", "aud", "client_id", "scope", "jti", "sid"})
    EXPECT_EQ(*json->find_string(name), odd) << name;
}

TEST(AccessTokenClaims, EscapeOneStringAmongPlainOnes) {
  const auto with = [](auto member) {
    AccessTokenClaims claims = example();
    claims.*member = "x\"";
    return read_json(written(claims)).has_value();
  };
  EXPECT_TRUE(with(&AccessTokenClaims::issuer));
  EXPECT_TRUE(with(&AccessTokenClaims::subject));
  EXPECT_TRUE(with(&AccessTokenClaims::client_id));
  EXPECT_TRUE(with(&AccessTokenClaims::scope));
  EXPECT_TRUE(with(&AccessTokenClaims::jti));
  EXPECT_TRUE(with(&AccessTokenClaims::family));
}

TEST(AccessTokenHeader, SaysAtJwt) {
  EXPECT_EQ(decoded(encode_access_token_header(JwsAlgorithm::kES256, "k-1_Z")),
            R"({"alg":"ES256","typ":"at+jwt","kid":"k-1_Z"})");
}

TEST(AccessTokenHeader, FitsTheLongestKid) {
  const std::string kid(64, 'k');
  const auto json = read_json(decoded(encode_access_token_header(JwsAlgorithm::kEd25519, kid)));
  ASSERT_TRUE(json);
  EXPECT_EQ(*json->find_string("kid"), kid);
  EXPECT_EQ(*json->find_string("alg"), "Ed25519");
}

TEST(SigningInput, IsHeaderDotClaims) {
  std::string out(64, '\0');
  out.resize(write_signing_input("SEFE", as_bytes("{}"), out));
  EXPECT_EQ(out, "SEFE.e30");
}

TEST(SigningInput, IsNothingInABufferTooSmall) {
  for (size_t room = 0; room < 8; ++room) {
    std::string out(room, '\0');
    EXPECT_EQ(write_signing_input("SEFE", as_bytes("{}"), out), 0u);
  }
  std::string out(8, '\0');
  EXPECT_EQ(write_signing_input("SEFE", as_bytes("{}"), out), 8u);
}

TEST(Jti, StartsWithTheMilliseconds) {
  const std::array<uint8_t, 10> random{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  std::string jti(kJtiSize, '\0');
  write_jti(0x0102030405'06, random, jti.data());
  EXPECT_EQ(decoded(jti), std::string("\x01\x02\x03\x04\x05\x06\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0A", 16));
}

TEST(ReservedClaims, AreWhatTheIssuerAloneSets) {
  for (const char* name : {"iss", "sub", "aud", "exp", "nbf", "iat", "jti", "client_id", "scope", "sid", "cnf", "act",
                           "may_act", "active", "token_type"})
    EXPECT_TRUE(is_reserved_claim(name)) << name;
}

TEST(ReservedClaims, LeaveOtherNamesToPeople) {
  for (const char* name : {"", "roles", "Iss", "issuer", "groups", "is"}) EXPECT_FALSE(is_reserved_claim(name)) << name;
}

}  // namespace
}  // namespace signet
