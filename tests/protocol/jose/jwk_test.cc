#include "protocol/jose/jwk.h"

#include <gtest/gtest.h>

#include <string>

#include "protocol/json/writer.h"
#include "tests/support/expected.h"
#include "tests/support/vectors.h"

namespace signet {
namespace {

using namespace testing_support;
using Error = JwkError;

constexpr std::string_view kOkp = R"("kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")";
constexpr std::string_view kEc = R"("kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
                                 R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0")";

std::string object(std::string_view members, std::string_view more) {
  return std::string("{").append(members).append(more) + "}";
}

testing::AssertionResult refused(std::string_view json, Error error) {
  const auto key = parse_jwk(json);
  if (key) return testing::AssertionFailure() << "taken: " << json;
  if (key.error() == error) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "error " << int(key.error()) << ": " << json;
}

std::string text_of(const JsonValue& value) {  // of string members and arrays of such objects only
  std::string out(16384, '\0');
  JsonWriter json(out);
  json.begin_object();
  for (const JsonMember& member : *value.as_object()) {
    json.key_text(member.name);
    if (member.value.as_string() != nullptr) {
      json.string(*member.value.as_string());
      continue;
    }
    json.begin_array();
    for (const JsonValue& element : *member.value.as_array()) json.raw(text_of(element));
    json.end_array();
  }
  json.end_object();
  return std::string(json.text());
}

TEST(JwkThumbprint, IsThatOfTheRfcExamples) {  // RFC 7638 section 3.1, RFC 8037 appendix A.3
  const JsonValue rsa = read_vector_file("rfc7638.json"), okp = read_vector_file("rfc8037.json");
  EXPECT_EQ(jwk_thumbprint(unchecked_jwk(*rsa.find("key"), "RS256")), *rsa.find_string("thumbprint"));
  EXPECT_EQ(jwk_thumbprint(unchecked_jwk(*okp.find("key"), "EdDSA")), *okp.find_string("thumbprint"));
  const auto parsed = parse_jwk(text_of(*rsa.find("key")));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(jwk_thumbprint(*parsed), *rsa.find_string("thumbprint"));
}

TEST(JwkThumbprint, DependsOnTheKeyAlone) {
  const auto a = parse_jwk(object(kEc, R"(,"alg":"ES256","kid":"a")"));
  const auto b = parse_jwk(object(kEc, R"(,"use":"sig","kid":"b","alg":"ES256","x5t":"ignored")"));
  ASSERT_TRUE(a && b);
  EXPECT_EQ(jwk_thumbprint(*a), jwk_thumbprint(*b));
  EXPECT_TRUE(valid_kid(jwk_thumbprint(*a)));
}

TEST(JwkSet, OfThePublicExampleTakesTheSigningKeyOnly) {  // RFC 7517 A.1: the EC key is for encryption
  const JsonValue file = read_vector_file("rfc7517.json");
  const auto keys = parse_jwks(text_of(*file.find("public")));
  ASSERT_TRUE(keys);
  ASSERT_EQ(keys->size(), 1u);
  EXPECT_EQ((*keys)[0].kid, "2011-04-29");
  EXPECT_EQ((*keys)[0].algorithm, JwsAlgorithm::kRS256);
}

TEST(JwkSet, RefusesThePrivateAndTheSymmetricExample) {  // RFC 7517 A.2 and A.3
  const JsonValue file = read_vector_file("rfc7517.json");
  EXPECT_EQ(error_of(parse_jwks(text_of(*file.find("private")))), Error::kPrivateMember);
  EXPECT_EQ(error_of(parse_jwks(text_of(*file.find("symmetric")))), Error::kPrivateMember);
}

TEST(Jwk, WritesWhatItReadsInTheStatedOrder) {
  const std::string okp = object(kOkp, R"(,"alg":"Ed25519","use":"sig","kid":"k1")");
  const std::string ec = object(kEc, R"(,"alg":"ES256","use":"sig","kid":"k2")");
  EXPECT_EQ(write_jwk(parse_jwk(okp).value()), okp);
  EXPECT_EQ(write_jwk(parse_jwk(ec).value()), ec);
  const std::string set = "{\"keys\":[" + okp + "," + ec + "]}";
  EXPECT_EQ(write_jwks(parse_jwks(set).value()), set);
  EXPECT_EQ(write_jwks({}), R"({"keys":[]})");
  const JsonValue file = read_vector_file("rfc7638.json");
  const Jwk rsa = unchecked_jwk(*file.find("key"), "PS256");
  EXPECT_EQ(parse_jwk(write_jwk(rsa)).value().kid, rsa.kid);
}

TEST(Jwk, RefusesAKeyWithoutAlgOrKid) {  // CVE-2022-29217: without alg the token chooses
  EXPECT_TRUE(refused(object(kOkp, R"(,"kid":"k")"), Error::kMissingMember));
  EXPECT_TRUE(refused(object(kOkp, R"(,"alg":"EdDSA")"), Error::kMissingMember));
  EXPECT_TRUE(refused(R"({"alg":"EdDSA","kid":"k"})", Error::kMissingMember));
  EXPECT_TRUE(refused(R"({"kty":"OKP","crv":"Ed25519","alg":"EdDSA","kid":"k"})", Error::kMissingMember));
}

TEST(Jwk, MatrixOfAlgorithmsAgainstKinds) {
  const JsonValue file = read_vector_file("rfc7638.json");
  const std::string rsa = R"("kty":"RSA","e":"AQAB","n":")" + *file.find("key")->find_string("n") + '"';
  struct Kind {
    std::string members;
    std::vector<JwsAlgorithm> fits;
  };
  const Kind kinds[] = {{std::string(kOkp), {JwsAlgorithm::kEdDSA, JwsAlgorithm::kEd25519}},
                        {std::string(kEc), {JwsAlgorithm::kES256}},
                        {rsa, {JwsAlgorithm::kPS256, JwsAlgorithm::kRS256}}};
  for (const Kind& kind : kinds) {
    for (const JwsAlgorithm algorithm : kAllJwsAlgorithms) {
      const std::string alg(jws_algorithm_name(algorithm));
      const std::string json = object(kind.members, R"(,"kid":"k","alg":")" + alg + '"');
      if (std::find(kind.fits.begin(), kind.fits.end(), algorithm) != kind.fits.end()) {
        EXPECT_TRUE(parse_jwk(json)) << json;
      } else {
        EXPECT_TRUE(refused(json, Error::kMismatch));
      }
    }
  }
}

TEST(Jwk, RefusesPrivateAndSymmetricMembers) {
  for (const char* name : {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}) {
    EXPECT_TRUE(refused(object(kOkp, R"(,"alg":"EdDSA","kid":"k",")" + std::string(name) + R"(":"AA")"),
                        Error::kPrivateMember));
  }
  EXPECT_TRUE(refused(R"({"kty":"oct","k":"","alg":"HS256","kid":"k"})", Error::kPrivateMember));
}

TEST(Jwk, RefusesUsesOtherThanSignatures) {
  EXPECT_TRUE(refused(object(kEc, R"(,"alg":"ES256","kid":"k","use":"enc")"), Error::kUnsupported));
  EXPECT_TRUE(refused(object(kEc, R"(,"alg":"ES256","kid":"k","use":null)"), Error::kSyntax));
  EXPECT_TRUE(refused(object(kEc, R"(,"alg":"ES256","kid":"k","key_ops":["sign"])"), Error::kUnsupported));
  EXPECT_TRUE(refused(object(kEc, R"(,"alg":"ES256","kid":"k","key_ops":"verify")"), Error::kSyntax));
  EXPECT_TRUE(parse_jwk(object(kEc, R"(,"alg":"ES256","kid":"k","key_ops":["verify"])")));
}

TEST(Jwk, RefusesOtherCurvesKindsAndAlgorithms) {
  for (const char* json : {R"({"kty":"OKP","crv":"X25519","x":"AA","alg":"EdDSA","kid":"k"})",
                           R"({"kty":"OKP","crv":"Ed448","x":"AA","alg":"EdDSA","kid":"k"})",
                           R"({"kty":"EC","crv":"P-384","x":"AA","y":"AA","alg":"ES256","kid":"k"})",
                           R"({"kty":"EC","crv":"secp256k1","x":"AA","y":"AA","alg":"ES256","kid":"k"})",
                           R"({"kty":"AKP","alg":"ML-DSA-44","pub":"AA","kid":"k"})"}) {
    EXPECT_TRUE(refused(json, Error::kUnsupported));
  }
  EXPECT_TRUE(refused(object(kEc, R"(,"alg":"none","kid":"k")"), Error::kUnsupported));
}

TEST(Jwk, RefusesCoordinatesOfAnotherSizeOrSpelling) {  // RFC 7518 section 6.2.1.2
  for (const char* x :
       {"", "AA", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHUR", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURoA",
        "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo=", "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURp", "AAEEdqYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}) {
    const std::string json = R"({"kty":"OKP","crv":"Ed25519","alg":"EdDSA","kid":"k","x":")" + std::string(x) + "\"}";
    EXPECT_FALSE(parse_jwk(json)) << json;
  }
}

TEST(Jwk, RefusesRsaNumbersWithLeadingZerosOrOutOfBounds) {
  const JsonValue file = read_vector_file("rfc7638.json");
  const std::string n = *file.find("key")->find_string("n");
  auto rsa = [](std::string_view modulus, std::string_view exponent) {
    return R"({"kty":"RSA","alg":"RS256","kid":"k","n":")" + std::string(modulus) + R"(","e":")" +
           std::string(exponent) + "\"}";
  };
  ASSERT_TRUE(parse_jwk(rsa(n, "AQAB")));
  EXPECT_TRUE(refused(rsa(encoded(std::string(1, '\0') + decoded(n)), "AQAB"), Error::kSyntax));
  EXPECT_TRUE(refused(rsa(n, "AAEAAQ"), Error::kSyntax));
  EXPECT_TRUE(refused(rsa("", "AQAB"), Error::kSyntax));
  EXPECT_TRUE(refused(rsa(n, ""), Error::kSyntax));
  for (const char* e : {"Aw", "AQ", "EQ", "AQAA", "AQAC", "____________"})
    EXPECT_TRUE(refused(rsa(n, e), Error::kUnsound));
  EXPECT_TRUE(refused(rsa(encoded(decoded(n).substr(1)), "AQAB"), Error::kUnsound));           // 2040 bits
  EXPECT_TRUE(refused(rsa(encoded('\x7F' + decoded(n).substr(1)), "AQAB"), Error::kUnsound));  // 2047 bits
  std::string even = decoded(n);
  even.back() = static_cast<char>(even.back() & ~1);
  EXPECT_TRUE(refused(rsa(encoded(even), "AQAB"), Error::kUnsound));
  EXPECT_TRUE(refused(rsa(encoded(std::string(1025, '\xFF')), "AQAB"), Error::kTooLarge));
}

TEST(Jwk, RefusesDuplicatesBadKidsAndBadText) {
  EXPECT_TRUE(refused(object(kOkp, R"(,"alg":"EdDSA","kid":"k","kid":"k")"), Error::kDuplicateMember));
  EXPECT_TRUE(refused(object(kOkp, R"(,"alg":"EdDSA","\u0061lg":"EdDSA","kid":"k")"), Error::kDuplicateMember));
  for (const char* kid : {"", "a.b", "a b", "../x", "k\\u00e9"}) {
    EXPECT_TRUE(refused(object(kOkp, R"(,"alg":"EdDSA","kid":")" + std::string(kid) + '"'), Error::kBadKid));
  }
  EXPECT_TRUE(refused(object(kOkp, R"(,"alg":"EdDSA","kid":7)"), Error::kSyntax));
  for (const char* json : {"", "[]", "null", "{", "{}x"}) EXPECT_TRUE(refused(json, Error::kSyntax));
  EXPECT_TRUE(refused(std::string(20000, ' ') + "{}", Error::kTooLarge));
}

TEST(JwkSet, RefusesDuplicateKidsAndTooManyKeys) {
  const std::string key = object(kOkp, R"(,"alg":"EdDSA","kid":"same")");
  EXPECT_EQ(error_of(parse_jwks("{\"keys\":[" + key + "," + key + "]}")), Error::kDuplicateMember);
  std::string many = "{\"keys\":[";
  for (int i = 0; i < 101; ++i) many += object(kOkp, R"(,"alg":"EdDSA","kid":"k)" + std::to_string(i) + "\"") + ",";
  many.back() = ']';
  EXPECT_EQ(error_of(parse_jwks(many + "}")), Error::kTooLarge);
}

TEST(JwkSet, RefusesOtherShapesAndAnyMalformedKey) {
  EXPECT_EQ(error_of(parse_jwks("{}")), Error::kMissingMember);
  for (const char* json : {"[]", R"({"keys":{}})", R"({"keys":null})", R"({"keys":[1]})", R"({"keys":["x"]})", ""}) {
    EXPECT_EQ(error_of(parse_jwks(json)), Error::kSyntax) << json;
  }
  EXPECT_EQ(error_of(parse_jwks(R"({"keys":[],"keys":[]})")), Error::kDuplicateMember);
  const std::string good = object(kOkp, R"(,"alg":"EdDSA","kid":"k")");
  EXPECT_EQ(error_of(parse_jwks("{\"keys\":[" + good + "," + object(kOkp, "") + "]}")), Error::kMissingMember);
  EXPECT_EQ(parse_jwks(R"({"keys":[{"kty":"future","alg":"X","kid":"k"},)" + good + "]}").value().size(), 1u);
}

}  // namespace
}  // namespace signet
