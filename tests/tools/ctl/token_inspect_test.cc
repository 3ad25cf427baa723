// Inspection of tokens, decoded and verified.
#include <gtest/gtest.h>

#include "protocol/base/base64url.h"
#include "tests/support/vectors.h"
#include "tests/tools/ctl/fake_admin.h"
#include "tools/ctl/token_text.h"

namespace signet::ctl {
namespace {

std::string encode(const std::string& text) { return base64url_text(as_bytes(text)); }

std::string token_of(const std::string& header, const std::string& claims) {
  return encode(header) + "." + encode(claims) + "." + encode("not a signature");
}

// RFC 7515 appendix A.3: an ES256 token without kid, and its key.
constexpr const char* kRfc7515A3 =
    "eyJhbGciOiJFUzI1NiJ9."
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
constexpr const char* kRfc7515A3Jwks =
    R"({"keys":[{"kty":"EC","crv":"P-256","alg":"ES256","kid":"a3",)"
    R"("x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]})";

TEST(TokenInspect, ShowsHeaderClaimsAndTimes) {
  const std::string token = token_of(R"({"alg":"EdDSA","kid":"k1"})", R"({"sub":"s","exp":0,"aud":["a","b"]})");
  const RunResult result = run_ctl({"token", "inspect"}, token + "\n");
  EXPECT_EQ(result.status, 0) << result.err;
  for (const char* part :
       {"header alg", "EdDSA", "k1", "1970-01-01T00:00:00Z", "ago", "EXPIRED", R"(["a","b"])", "NOT VERIFIED"}) {
    EXPECT_NE(result.out.find(part), std::string::npos) << part << "\n" << result.out;
  }
}

TEST(TokenInspect, NeedsNoDaemon) {
  const RunResult result = run_ctl({"--socket", "/nowhere", "token", "inspect"}, token_of("{}", "{}"));
  EXPECT_EQ(result.status, 0) << result.err;
}

TEST(TokenInspect, SaysToProgramsThatNothingIsVerified) {
  EXPECT_EQ(run_ctl({"--json", "token", "inspect"}, token_of("{\"alg\":\"none\"}", "{\"a\":1}")).out,
            "{\"verified\":false,\"header\":{\"alg\":\"none\"},\"claims\":{\"a\":1}}\n");
}

TEST(TokenInspect, RefusesWhatIsNoCompactJws) {
  const std::string good = encode("{}");
  for (const std::string& text :
       {std::string(), std::string("\n"), std::string("abc"), good + "." + good, good + "." + good + "." + good + ".x",
        good + "." + good + ".a.b.c", "!!." + good + ".x", good + ".=" + good + ".x", encode("[]") + "." + good + ".",
        good + "." + encode("\"x\"") + ".", good + "." + encode("{\"a\":1,\"a\":2}") + ".", std::string(64 * 1024, '.'),
        good + " ." + good + ".", encode("{\"a\":\"\xFF\"}") + "." + good + "."}) {
    const RunResult result = run_ctl({"token", "inspect"}, text);
    EXPECT_EQ(result.status, 1) << text.substr(0, 80);
    EXPECT_EQ(result.out, "") << text.substr(0, 80);
  }
}

TEST(TokenInspect, DoesNotLetAClaimRewriteTheTerminal) {
  const RunResult result = run_ctl({"token", "inspect"}, token_of("{}", "{\"sub\":\"\\u001b[2J\",\"\\u0007\":1}"));
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.out.find_first_of("\x1b\x07"), std::string::npos);
}

class TokenVerification : public testing::Test {
 protected:
  RunResult inspect(const std::string& token, const std::string& jwks) {
    return run_ctl({"token", "inspect", "--jwks", directory_.write("jwks.json", jwks)}, token);
  }
  TemporaryDirectory directory_;
};

TEST_F(TokenVerification, OneBitMakesTheDifference) {
  const JsonValue file = testing_support::read_vector_file("all_algorithms.json");
  size_t verified = 0;
  for (const testing_support::JwsVector& vector : testing_support::jws_vectors(file, "jws")) {
    if (vector.alg.starts_with("HS")) continue;  // has no place in a key set
    const std::string jwks = "{\"keys\":[" + testing_support::jwk_text(*vector.key, vector.alg) + "]}";
    const RunResult good = inspect(vector.token + "\n", jwks);
    EXPECT_EQ(good.status, 0) << vector.alg << good.err;
    EXPECT_NE(good.out.find("signature: verified with key vector"), std::string::npos) << vector.alg;
    std::string forged = vector.token;
    const size_t at = forged.rfind('.') + 5;
    forged[at] = forged[at] == 'A' ? 'B' : 'A';
    EXPECT_EQ(inspect(forged, jwks).status, 1) << vector.alg;
    ++verified;
  }
  EXPECT_EQ(verified, 5u);
}

TEST_F(TokenVerification, AHeaderWithoutKidFindsNoKey) {
  const RunResult result = inspect(kRfc7515A3, kRfc7515A3Jwks);
  EXPECT_EQ(result.status, 1);
  EXPECT_NE(result.out.find("NOT VERIFIED"), std::string::npos);
}

TEST_F(TokenVerification, AForgedTokenIsShownButFails) {
  for (const char* header :
       {R"({"alg":"ES256","kid":"a3"})", R"({"alg":"none","kid":"a3"})", R"({"alg":"HS256","kid":"a3"})",
        R"({"alg":"ES256","kid":"other"})", R"({"alg":"ES256","kid":"a3","crit":[]})"}) {
    const RunResult result = inspect(token_of(header, "{\"sub\":\"s\"}"), kRfc7515A3Jwks);
    EXPECT_EQ(result.status, 1) << header;
    EXPECT_NE(result.out.find("NOT VERIFIED"), std::string::npos) << header;
    EXPECT_EQ(result.out.find("verified with"), std::string::npos) << header;
  }
}

TEST_F(TokenVerification, AKeySetThatIsNoneIsAFailure) {
  for (const char* jwks : {"", "[]", "{}", "{\"keys\":[{\"kty\":\"EC\"}]}"}) {
    const RunResult result = inspect(token_of("{}", "{}"), jwks);
    EXPECT_EQ(result.status, 1) << jwks;
    EXPECT_NE(result.err.find("jwks.json"), std::string::npos) << jwks;
  }
  EXPECT_EQ(run_ctl({"token", "inspect", "--jwks", "/nowhere"}, token_of("{}", "{}")).status, 1);
}

}  // namespace
}  // namespace signet::ctl
