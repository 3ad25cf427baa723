// Client authentication: RFC 6749 2.3.1, RFC 7617, and what real clients send.
#include "protocol/oauth/client_authentication.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <array>
#include <string>

namespace signet {
namespace {

std::string base64(std::string_view text) {
  std::string out(4 * ((text.size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()), int(text.size()));
  out.resize(size_t(size));
  return out;
}

std::string basic(std::string_view pair) { return "Basic " + base64(pair); }

// Keeps what the views point to.
struct Parsed {
  explicit Parsed(std::string header, std::string_view id = {}, std::string_view secret = {})
      : authorization(std::move(header)), result(parse_client_authentication(authorization, id, secret, scratch)) {}

  std::string authorization;
  std::array<char, kBasicScratchSize> scratch;
  std::expected<ClientCredentials, ClientAuthError> result;
};

testing::AssertionResult gives(const Parsed& parsed, ClientAuthMethod method, std::string_view id,
                               std::string_view secret) {
  if (!parsed.result) return testing::AssertionFailure() << "error " << int(parsed.result.error());
  if (parsed.result->method != method) return testing::AssertionFailure() << "method " << int(parsed.result->method);
  if (parsed.result->client_id != id) return testing::AssertionFailure() << "id " << parsed.result->client_id;
  if (parsed.result->client_secret != secret) {
    return testing::AssertionFailure() << "secret " << parsed.result->client_secret;
  }
  return testing::AssertionSuccess();
}

testing::AssertionResult refused_as(const Parsed& parsed, ClientAuthError error) {
  if (parsed.result) return testing::AssertionFailure() << "accepted " << parsed.result->client_id;
  if (parsed.result.error() != error) return testing::AssertionFailure() << "error " << int(parsed.result.error());
  return testing::AssertionSuccess();
}

constexpr auto kBasic = ClientAuthMethod::kClientSecretBasic;
constexpr auto kPost = ClientAuthMethod::kClientSecretPost;

TEST(ClientAuthentication, ReadsTheExampleOfTheRfc) {  // RFC 6749 2.3.1
  EXPECT_TRUE(gives(Parsed("Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3"), kBasic, "s6BhdRkqt3",
                    "7Fjfp0ZBr1KtDRbnfVdmIw"));
}

TEST(ClientAuthentication, FoldsTheCaseOfTheScheme) {
  for (const char* scheme : {"basic ", "BASIC ", "bAsIc ", "Basic   "})
    EXPECT_TRUE(gives(Parsed(scheme + base64("a:b")), kBasic, "a", "b")) << scheme;
}

TEST(ClientAuthentication, DecodesClientsThatEscapeEvenUnreservedCharacters) {
  EXPECT_TRUE(gives(Parsed(basic("my%2Dclient%5Fid:s%2e%7Et")), kBasic, "my-client_id", "s.~t"));
}

TEST(ClientAuthentication, TakesRawUtf8AndAPlusAsASpace) {
  EXPECT_TRUE(gives(Parsed(basic("a:p\xC3\xA4ss+word")), kBasic, "a", "p\xC3\xA4ss word"));
}

TEST(ClientAuthentication, SplitsAtTheFirstColonBeforeDecoding) {
  EXPECT_TRUE(gives(Parsed(basic("a%3Ab:c:d")), kBasic, "a:b", "c:d"));
}

TEST(ClientAuthentication, TakesAnEmptySecretForTheCheckToRefuse) {
  EXPECT_TRUE(gives(Parsed(basic("a:")), kBasic, "a", ""));
}

TEST(ClientAuthentication, TakesUnpaddedBase64) {
  EXPECT_TRUE(gives(Parsed("Basic YTpiYg"), kBasic, "a", "bb"));
  EXPECT_TRUE(gives(Parsed("Basic YTpiYg=="), kBasic, "a", "bb"));
}

TEST(ClientAuthentication, RefusesRawLatin1AsMalformed) {
  EXPECT_TRUE(refused_as(Parsed(basic("a:p\xE4ss")), ClientAuthError::kMalformedBasic));
  EXPECT_TRUE(refused_as(Parsed(basic("a:p%E4ss")), ClientAuthError::kMalformedBasic));
}

TEST(ClientAuthentication, RefusesWhatIsNotAPair) {
  for (const std::string& header :
       {std::string("Basic"), std::string("Basic "), basic(""), basic("nocolon"), basic(":secret"), basic("a:%"),
        basic("a:%4"), basic("%zz:b"), basic("a:b\n"), basic("a:%00"), basic(std::string_view("a:\0b", 4)),
        std::string("Basic YTpi!"), std::string("Basic YTpi="), std::string("Basic YTpiYg="),
        std::string("Basic YTpiYg==="), std::string("Basic YT pi"), std::string("Basic\tYTpi"),
        std::string("Basic YTpi YTpi"), std::string("Basic YTpiYh==")})
    EXPECT_FALSE(Parsed(header).result) << header;
  EXPECT_TRUE(refused_as(Parsed("Basic"), ClientAuthError::kMalformedBasic));
  EXPECT_TRUE(refused_as(Parsed(basic("nocolon")), ClientAuthError::kMalformedBasic));
}

TEST(ClientAuthentication, RefusesTheUrlAlphabetInBasic) {
  EXPECT_TRUE(gives(Parsed("Basic YTo/Pz8+"), kBasic, "a", "??\?>"));
  EXPECT_TRUE(refused_as(Parsed("Basic YTo_Pz8-"), ClientAuthError::kMalformedBasic));
}

TEST(ClientAuthentication, RefusesOtherSchemes) {
  for (const char* header : {"Bearer abc", "Digest username=x", "Basicx YTpi", "Bas", "BasicYTpi", " Basic YTpi"})
    EXPECT_TRUE(refused_as(Parsed(header), ClientAuthError::kUnknownScheme)) << header;
}

TEST(ClientAuthentication, RefusesAnotherSchemeEvenBesideABodySecret) {
  EXPECT_TRUE(refused_as(Parsed("Bearer abc", "a", "b"), ClientAuthError::kUnknownScheme));
}

TEST(ClientAuthentication, RefusesASecretInTheBodyBesideBasic) {  // RFC 6749 2.3
  EXPECT_TRUE(refused_as(Parsed(basic("a:b"), "a", "b"), ClientAuthError::kTwoMethods));
  EXPECT_TRUE(refused_as(Parsed(basic("a:b"), {}, "b"), ClientAuthError::kTwoMethods));
}

TEST(ClientAuthentication, LetsTheEqualIdStandBesideBasic) {
  EXPECT_TRUE(gives(Parsed(basic("a%2Db:c"), "a-b"), kBasic, "a-b", "c"));
  EXPECT_TRUE(gives(Parsed(basic("a:c"), "", ""), kBasic, "a", "c"));
}

TEST(ClientAuthentication, RefusesAnotherIdBesideBasic) {
  EXPECT_TRUE(refused_as(Parsed(basic("a:b"), "A"), ClientAuthError::kTwoMethods));
  EXPECT_TRUE(refused_as(Parsed(basic("a:b"), "ab"), ClientAuthError::kTwoMethods));
}

TEST(ClientAuthentication, ReadsTheBody) { EXPECT_TRUE(gives(Parsed("", "a", "b:c"), kPost, "a", "b:c")); }

TEST(ClientAuthentication, IsNoneWithoutASecretOrAnId) {
  EXPECT_TRUE(gives(Parsed(""), ClientAuthMethod::kNone, "", ""));
  EXPECT_TRUE(gives(Parsed("", "a"), ClientAuthMethod::kNone, "a", ""));
  EXPECT_TRUE(gives(Parsed("", "a", ""), ClientAuthMethod::kNone, "a", ""));
  EXPECT_TRUE(gives(Parsed("", "", "b"), ClientAuthMethod::kNone, "", ""));
}

TEST(ClientAuthentication, BoundsIdAndSecretAfterDecoding) {
  const std::string longest(256, 'x'), over(257, 'x');
  EXPECT_TRUE(gives(Parsed(basic(longest + ":" + longest)), kBasic, longest, longest));
  EXPECT_TRUE(refused_as(Parsed(basic(over + ":b")), ClientAuthError::kTooLong));
  EXPECT_TRUE(refused_as(Parsed(basic("a:" + over)), ClientAuthError::kTooLong));
  EXPECT_TRUE(refused_as(Parsed("", over, "b"), ClientAuthError::kTooLong));
  EXPECT_TRUE(refused_as(Parsed("", "a", over), ClientAuthError::kTooLong));
}

TEST(ClientAuthentication, HasRoomForTheLongestPairFullyEscaped) {
  std::string escaped;
  for (int i = 0; i < 256; ++i) escaped += "%2D";
  const std::string longest(256, '-');
  EXPECT_TRUE(gives(Parsed(basic(escaped + ":" + escaped)), kBasic, longest, longest));
}

TEST(ClientAuthentication, RefusesAHeaderThatOutgrowsItsScratch) {
  EXPECT_TRUE(refused_as(Parsed(basic("a:" + std::string(4000, 'x'))), ClientAuthError::kTooLong));
  for (size_t size = kBasicScratchSize - 8; size < kBasicScratchSize + 8; ++size)
    EXPECT_TRUE(refused_as(Parsed(basic("a:" + std::string(size, 'x'))), ClientAuthError::kTooLong)) << size;
}

}  // namespace
}  // namespace signet
