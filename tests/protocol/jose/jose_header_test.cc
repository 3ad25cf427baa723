#include "protocol/jose/jose_header.h"

#include <gtest/gtest.h>

#include <string>

namespace signet {
namespace {

using Error = JoseHeaderError;

testing::AssertionResult refused(std::string_view json, Error error) {
  const auto header = parse_jose_header(json);
  if (header) return testing::AssertionFailure() << "taken: " << json;
  if (header.error() == error) return testing::AssertionSuccess();
  return testing::AssertionFailure() << jose_header_error_text(header.error()) << ": " << json;
}

TEST(JoseHeader, KeepsAlgTypAndKid) {
  const auto header = parse_jose_header(R"({"alg":"ES256","typ":"at+jwt","kid":"a-Z_0","cty":"x"})");
  ASSERT_TRUE(header);
  EXPECT_EQ(header->algorithm, JwsAlgorithm::kES256);
  EXPECT_EQ(header->typ, "at+jwt");
  EXPECT_EQ(header->kid, "a-Z_0");
}

TEST(JoseHeader, RefusesNoneInEverySpelling) {  // RFC 8725 section 3.2
  for (unsigned mask = 0; mask < 16; ++mask) {
    std::string none = "none";
    for (unsigned i = 0; i < 4; ++i)
      if (mask & 1u << i) none[i] = static_cast<char>(none[i] - 32);
    for (const std::string& spelling : {none, " " + none, none + " ", none + "\\u0000"}) {
      const std::string json = "{\"alg\":\"" + spelling + "\"}";
      EXPECT_FALSE(parse_jose_header(json)) << json;
    }
  }
  EXPECT_TRUE(refused(R"({"alg":"\u006eone"})", Error::kUnknownAlgorithm));
  EXPECT_TRUE(refused(R"({"alg":""})", Error::kUnknownAlgorithm));
}

TEST(JoseHeader, RefusesAlgorithmsThatAreNotRegisteredHere) {
  for (const char* alg : {"es256", "ES256 ", "ES384", "ES512", "ES256K", "Ed448", "eddsa", "PS384", "RS512", "HS1",
                          "HS2560", "RSA1_5", "dir", "PBES2-HS256+A128KW", "A128KW"}) {
    EXPECT_TRUE(refused(std::string("{\"alg\":\"") + alg + "\"}", Error::kUnknownAlgorithm));
  }
}

TEST(JoseHeader, RefusesAlgThatIsNoString) {
  for (const char* json :
       {"{}", R"({"alg":null})", R"({"alg":1})", R"({"alg":["ES256"]})", R"({"alg":{}})", R"({"ALG":"ES256"})"}) {
    EXPECT_TRUE(refused(json, Error::kMissingAlgorithm));
  }
}

TEST(JoseHeader, RefusesCritWhateverItHolds) {  // RFC 7515 4.1.11; CVE-2025-59420, CVE-2026-32597
  for (const char* crit : {R"(["exp"])", "[]", R"(["exp","exp"])", R"("exp")", "null", "{}", "true", R"(["alg"])",
                           R"(["b64"])", R"(["b64"],"b64":false)", R"([1])"}) {
    EXPECT_TRUE(refused(std::string(R"({"alg":"ES256","crit":)") + crit + "}", Error::kCritical));
  }
  EXPECT_TRUE(refused(R"({"alg":"ES256","b64":false})", Error::kCritical));  // RFC 7797
  EXPECT_TRUE(refused(R"({"alg":"ES256","b64":true})", Error::kCritical));
  EXPECT_TRUE(refused(R"({"alg":"ES256","\u0063rit":["x"]})", Error::kCritical));
}

TEST(JoseHeader, RefusesDuplicateMembers) {  // RFC 7515 section 4
  for (const char* json : {R"({"alg":"ES256","alg":"HS256"})", R"({"alg":"ES256","\u0061lg":"HS256"})",
                           R"({"alg":"ES256","kid":"a","kid":"b"})", R"({"alg":"ES256","crit":[],"crit":[]})",
                           R"({"alg":"ES256","jwk":{"x":1,"x":2}})"}) {
    EXPECT_TRUE(refused(json, Error::kSyntax));
  }
}

TEST(JoseHeader, RefusesWhatBelongsToJwe) {
  EXPECT_TRUE(refused(R"({"alg":"ES256","zip":"DEF"})", Error::kEncrypted));
  EXPECT_TRUE(refused(R"({"alg":"ES256","enc":"A128GCM"})", Error::kEncrypted));
}

// RFC 8725 section 3.10, CVE-2018-0114: keys that the token brings are not looked at, of whatever shape they are.
TEST(JoseHeader, IgnoresKeysThatTheTokenBrings) {
  const auto header = parse_jose_header(
      R"({"alg":"EdDSA","jwk":{"kty":"OKP"},"jku":"http://127.0.0.1/","x5u":7,"x5c":["x"],"x5t":null,"x5t#S256":""})");
  ASSERT_TRUE(header);
  EXPECT_TRUE(header->kid.empty());
}

TEST(JoseHeader, RefusesKidsThatCouldMeanSomethingElsewhere) {
  for (const char* kid : {"", "../../etc/passwd", "a b", "a'--", "a|b", "a.b", "a\\u0000", "k\\u00e9", "a/b", "%61"}) {
    EXPECT_FALSE(parse_jose_header(std::string(R"({"alg":"ES256","kid":")") + kid + "\"}")) << kid;
  }
  EXPECT_TRUE(refused(R"({"alg":"ES256","kid":1})", Error::kBadKid));
  EXPECT_TRUE(refused(R"({"alg":"ES256","kid":null})", Error::kBadKid));
  EXPECT_TRUE(refused(R"({"alg":"ES256","kid":")" + std::string(65, 'a') + "\"}", Error::kBadKid));
  EXPECT_TRUE(parse_jose_header(R"({"alg":"ES256","kid":")" + std::string(64, 'a') + "\"}"));
}

TEST(JoseHeader, RefusesTypThatIsNoString) {
  for (const char* typ : {"1", "null", "[]", "\"\""}) {
    EXPECT_TRUE(refused(std::string(R"({"alg":"ES256","typ":)") + typ + "}", Error::kBadType));
  }
}

TEST(JoseHeader, RefusesWhatIsNotOneObject) {
  for (const char* json : {"", "[]", "null", "\"ES256\"", "{", "{} {}", "\xEF\xBB\xBF{}", "{\"alg\":\"ES256\"}x",
                           "{\"alg\":\"ES256\xFF\"}", "{\"alg\":\"ES256\",\"x\":1e400}"}) {
    EXPECT_TRUE(refused(json, Error::kSyntax));
  }
}

TEST(JwsAlgorithm, NamesReadBackAndAreStable) {
  for (const JwsAlgorithm algorithm : kAllJwsAlgorithms)
    EXPECT_EQ(parse_jws_algorithm(jws_algorithm_name(algorithm)), algorithm);
  EXPECT_EQ(static_cast<int>(JwsAlgorithm::kEdDSA), 1);  // on disk
  EXPECT_EQ(static_cast<int>(JwsAlgorithm::kHS512), 8);
}

}  // namespace
}  // namespace signet
