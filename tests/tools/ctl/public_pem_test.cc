#include "tools/ctl/public_pem.h"

#include <gtest/gtest.h>

namespace signet::ctl {
namespace {

TEST(PublicPem, IsThatOfRfc8410) {
  // RFC 8410 section 10.1, and its key as a JWK.
  const auto jwk = parse_jwk(R"({"kty":"OKP","crv":"Ed25519","x":"Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE",)"
                             R"("alg":"EdDSA","use":"sig","kid":"k"})");
  ASSERT_TRUE(jwk);
  EXPECT_EQ(public_pem(*jwk),
            "-----BEGIN PUBLIC KEY-----\n"
            "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
            "-----END PUBLIC KEY-----\n");
}

TEST(PublicPem, HasLinesOf64AndNoOtherAlphabet) {
  Jwk jwk{.algorithm = JwsAlgorithm::kRS256, .kid = "k", .key = RsaPublicKey{}};
  std::get<RsaPublicKey>(jwk.key) = {.n = std::vector<uint8_t>(384, 0xFF), .e = {1, 0, 1}};
  const std::string pem = public_pem(jwk);
  size_t lines = 0;
  for (size_t at = 0; at < pem.size(); ++lines) {
    const size_t end = pem.find('\n', at);
    ASSERT_NE(end, std::string::npos);
    EXPECT_LE(end - at, 64u);
    at = end + 1;
  }
  EXPECT_GT(lines, 8u);
  const std::string_view body = std::string_view(pem).substr(27, pem.size() - 27 - 25);
  EXPECT_EQ(body.find_first_of("-_"), std::string_view::npos);
  EXPECT_NE(body.find('/'), std::string_view::npos);
}

}  // namespace
}  // namespace signet::ctl
