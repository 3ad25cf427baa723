// Verification of access tokens: RFC 9068 section 4, RFC 8725 section 3.
#include "protocol/jwt/verified_jwt.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <map>
#include <string>

#include "protocol/base/base64url.h"
#include "tests/support/expected.h"

namespace signet {
namespace {

using testing_support::error_of;

constexpr std::string_view kSecret = "0123456789abcdef0123456789abcdef";
constexpr std::string_view kHeader = R"({"alg":"HS256","typ":"at+jwt","kid":"k1"})";
constexpr std::string_view kPublicKey =  // RFC 8037 appendix A.2
    R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","alg":"EdDSA","kid":"ed"})";

std::string encoded(std::string_view text) { return base64url_text(as_bytes(text)); }

std::string signed_token(std::string_view header, std::string_view claims, std::string_view secret = kSecret) {
  std::string token = encoded(header) + "." + encoded(claims);
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(), secret.data(), int(secret.size()), reinterpret_cast<const unsigned char*>(token.data()),
       token.size(), mac, &size);
  return token + "." + encoded({reinterpret_cast<const char*>(mac), size});
}

class Keys : public VerificationKeys {
 public:
  VerificationKey find(std::string_view kid) const override {
    if (kid == "k1") return &hmac_;
    if (kid == "ed") return &public_;
    return {};
  }

 private:
  HmacKey hmac_ = HmacKey::make(JwsAlgorithm::kHS256, "k1", as_bytes(kSecret)).value();
  Jwk public_ = parse_jwk(kPublicKey).value();
};

// Claims by name, so that a test changes or drops one.
using Claims = std::map<std::string, std::string>;

Claims good() {
  return {{"iss", R"("https://id.example")"},
          {"sub", R"("robot")"},
          {"aud", R"("urn:a")"},
          {"client_id", R"("robot")"},
          {"scope", R"("a b")"},
          {"iat", "1000"},
          {"exp", "1900"},
          {"jti", R"("J")"}};
}

std::string json(const Claims& claims) {
  std::string text = "{";
  for (const auto& [name, value] : claims) text += (text.size() > 1 ? ",\"" : "\"") + name + "\":" + value;
  return text + "}";
}

std::expected<VerifiedJwt, JwtError> verify(const std::string& token, UnixSeconds now = 1500) {
  return verify_access_token(token, Keys(), {.issuer = "https://id.example", .audience = "urn:a", .now = now});
}

std::optional<JwtError> error_with(const std::string& name, const std::string& value, UnixSeconds now = 1500) {
  Claims claims = good();
  claims[name] = value;
  return error_of(verify(signed_token(kHeader, json(claims)), now));
}

TEST(VerifyAccessToken, GivesTheClaims) {
  Claims claims = good();
  claims["sid"] = R"("F")";
  claims["x"] = "1.5";
  const auto jwt = verify(signed_token(kHeader, json(claims)));
  ASSERT_TRUE(jwt) << jwt_error_text(jwt.error());
  EXPECT_EQ(jwt->kid(), "k1");
  EXPECT_EQ(jwt->issuer(), "https://id.example");
  EXPECT_EQ(jwt->subject(), "robot");
  EXPECT_EQ(jwt->audience(), std::vector<std::string>{"urn:a"});
  EXPECT_EQ(jwt->client_id(), "robot");
  EXPECT_EQ(jwt->scope(), "a b");
  EXPECT_EQ(jwt->jti(), "J");
  EXPECT_EQ(jwt->family(), "F");
  EXPECT_EQ(jwt->issued_at(), 1000);
  EXPECT_EQ(jwt->expires_at(), 1900);
  EXPECT_NE(jwt->claims().find("x"), nullptr);
}

TEST(VerifyAccessToken, FindsTheAudienceInAnArray) {
  EXPECT_EQ(error_with("aud", R"(["urn:b","urn:a"])"), std::nullopt);
}

TEST(VerifyAccessToken, RefusesAnotherAudience) {
  for (const char* aud :
       {R"("urn:b")", R"(["urn:b"])", R"("urn:a ")", R"("urn")", R"("URN:A")", R"(["urn:b","urn:aa"])"})
    EXPECT_EQ(error_with("aud", aud), JwtError::kWrongAudience) << aud;
}

TEST(VerifyAccessToken, RefusesAnotherIssuer) {
  for (const char* iss : {R"("https://id.example/")", R"("http://id.example")", R"("https://id.example/t/x")"})
    EXPECT_EQ(error_with("iss", iss), JwtError::kWrongIssuer) << iss;
}

TEST(VerifyAccessToken, EndsAtExpWithTheSkew) {
  const std::string token = signed_token(kHeader, json(good()));
  EXPECT_TRUE(verify(token, 1959));
  EXPECT_EQ(error_of(verify(token, 1960)), JwtError::kExpired);
  EXPECT_EQ(error_of(verify(token, int64_t{1} << 40)), JwtError::kExpired);
}

TEST(VerifyAccessToken, BeginsAtIatWithTheSkew) {
  const std::string token = signed_token(kHeader, json(good()));
  EXPECT_TRUE(verify(token, 940));
  EXPECT_EQ(error_of(verify(token, 939)), JwtError::kNotYetValid);
}

TEST(VerifyAccessToken, HonoursNbf) {
  EXPECT_EQ(error_with("nbf", "1560"), std::nullopt);
  EXPECT_EQ(error_with("nbf", "1561"), JwtError::kNotYetValid);
  for (const char* nbf : {"\"1000\"", "1000.5", "-1", "null"}) EXPECT_EQ(error_with("nbf", nbf), JwtError::kBadClaims);
}

TEST(VerifyAccessToken, NeedsEveryRequiredClaim) {
  for (const char* name : {"iss", "sub", "aud", "client_id", "iat", "exp", "jti"}) {
    Claims claims = good();
    claims.erase(name);
    EXPECT_EQ(error_of(verify(signed_token(kHeader, json(claims)))), JwtError::kBadClaims) << name;
  }
}

TEST(VerifyAccessToken, RefusesClaimsOfAnotherType) {
  for (const char* name : {"iss", "sub", "client_id", "jti", "scope", "sid", "aud"})
    for (const char* value : {"1", "null", "true", "{}", "[]", R"([["urn:a"]])", R"(["urn:a",1])", R"("")", R"([""])"})
      EXPECT_EQ(error_with(name, value), JwtError::kBadClaims) << name << value;
  for (const char* name : {"iat", "exp"})
    for (const char* value : {"\"1600\"", "1600.0", "1.6e3", "null", "true", "-1", "[1600]", "{}"})
      EXPECT_EQ(error_with(name, value), JwtError::kBadClaims) << name << value;
}

TEST(VerifyAccessToken, RefusesALifeThatEndsBeforeItBegins) {
  EXPECT_EQ(error_with("iat", "1900"), JwtError::kBadClaims);
  EXPECT_EQ(error_with("iat", "1901"), JwtError::kBadClaims);
}

TEST(VerifyAccessToken, RefusesAPayloadThatIsNoClaimsSet) {
  for (const char* payload : {"", "[]", "null", "\"x\"", "{", "{} {}", R"({"iss":"a","iss":"b"})", "\xFF"})
    EXPECT_FALSE(verify(signed_token(kHeader, payload))) << payload;
}

TEST(VerifyAccessToken, RefusesADuplicateClaim) {
  std::string claims = json(good());
  claims.insert(claims.size() - 1, R"(,"exp":99999)");
  EXPECT_EQ(error_of(verify(signed_token(kHeader, claims))), JwtError::kBadClaims);
}

TEST(VerifyAccessToken, TakesOnlyTheTypeOfAnAccessToken) {  // RFC 8725 section 3.11
  const auto with_type = [](const std::string& typ) {
    return error_of(verify(signed_token(R"({"alg":"HS256",)" + typ + R"("kid":"k1"})", json(good()))));
  };
  EXPECT_EQ(with_type(R"("typ":"application/at+jwt",)"), std::nullopt);
  for (const char* typ : {"", R"("typ":"JWT",)", R"("typ":"at+jwt ",)", R"("typ":"rt+jwt",)", R"("typ":"at",)"})
    EXPECT_EQ(with_type(typ), JwtError::kWrongType) << typ;
}

TEST(VerifyAccessToken, FindsItsKeyByKidAlone) {
  const auto with_header = [](const std::string& header) {
    return error_of(verify(signed_token(header, json(good()))));
  };
  EXPECT_EQ(with_header(R"({"alg":"HS256","typ":"at+jwt"})"), JwtError::kUnknownKey);
  EXPECT_EQ(with_header(R"({"alg":"HS256","typ":"at+jwt","kid":"k2"})"), JwtError::kUnknownKey);
  EXPECT_EQ(with_header(R"({"alg":"HS256","typ":"at+jwt","kid":"../k1"})"), JwtError::kMalformed);
  EXPECT_EQ(with_header(R"({"alg":"HS256","typ":"at+jwt","kid":"' OR 1=1"})"), JwtError::kMalformed);
}

TEST(VerifyAccessToken, NeverTakesAPublicKeyForASecret) {  // CVE-2015-9235, CVE-2022-29217
  const std::string header = R"({"alg":"HS256","typ":"at+jwt","kid":"ed"})";
  EXPECT_EQ(error_of(verify(signed_token(header, json(good()), kPublicKey))), JwtError::kBadSignature);
}

TEST(VerifyAccessToken, HoldsTheHeaderToTheKeysAlgorithm) {
  for (const char* alg : {"HS384", "HS512", "EdDSA", "RS256"}) {
    const std::string header = std::string(R"({"alg":")") + alg + R"(","typ":"at+jwt","kid":"k1"})";
    EXPECT_EQ(error_of(verify(signed_token(header, json(good())))), JwtError::kBadSignature) << alg;
  }
  for (const char* alg : {"none", "NONE", "nOnE", "HS1", ""}) {
    const std::string header = std::string(R"({"alg":")") + alg + R"(","typ":"at+jwt","kid":"k1"})";
    EXPECT_EQ(error_of(verify(signed_token(header, json(good())))), JwtError::kMalformed) << alg;
  }
}

TEST(VerifyAccessToken, RefusesEverySingleChangedCharacter) {
  const std::string token = signed_token(kHeader, json(good()));
  for (size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(verify(changed)) << i;
  }
}

TEST(VerifyAccessToken, RefusesEveryTruncation) {
  const std::string token = signed_token(kHeader, json(good()));
  for (size_t size = 0; size < token.size(); ++size) EXPECT_FALSE(verify(token.substr(0, size))) << size;
  EXPECT_FALSE(verify(token + "A"));
  EXPECT_FALSE(verify(token + "."));
  EXPECT_FALSE(verify(token + "=="));
}

TEST(VerifyAccessToken, RefusesAMissingSignature) {  // CVE-2025-30204's neighbours
  const std::string unsigned_token = encoded(kHeader) + "." + encoded(json(good()));
  for (const std::string& token : {unsigned_token, unsigned_token + ".", std::string(), std::string("..")})
    EXPECT_EQ(error_of(verify(token)), JwtError::kMalformed) << token;
}

TEST(VerifyAccessTokenDeathTest, AlwaysTakesAnIssuerAndAnAudience) {  // CVE-2024-5798
  EXPECT_DEATH((void)verify_access_token("", Keys(), {.issuer = "", .audience = "a", .now = 0}), "check failed");
  EXPECT_DEATH((void)verify_access_token("", Keys(), {.issuer = "i", .audience = "", .now = 0}), "check failed");
}

}  // namespace
}  // namespace signet
