// The files that come with Signet, and the documents' example: what their clients get, octet by octet.
#include "protocol/dialect/shipped.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/base64url.h"
#include "protocol/dialect/dialect_claims.h"
#include "protocol/dialect/dialect_router.h"
#include "tests/protocol/dialect/dialect_fixture.h"
#include "tests/support/dialect_handlers.h"

namespace signet {
namespace {

using namespace testing_support;
using enum DialectCondition;

using Switches = std::span<const std::pair<std::string, bool>>;

Dialect shipped(const ShippedDialect& one, Switches switches = {}) {
  const auto handlers = handlers_of(one.text);
  return good_dialect(one.text, {.switches = switches, .handlers = handlers});
}

Dialect shipped(std::string_view name, Switches switches = {}) {
  for (const ShippedDialect& one : shipped_dialects())
    if (one.file == std::string(name) + ".toml") return shipped(one, switches);
  ADD_FAILURE() << name << " is not shipped";
  return {};
}

TEST(ShippedTest, EveryFileIsGoodAndNamedAfterItsDialect) {
  EXPECT_GE(shipped_dialects().size(), 2u);
  EXPECT_TRUE(std::ranges::is_sorted(shipped_dialects(), {}, &ShippedDialect::file));
  for (const ShippedDialect& one : shipped_dialects()) {
    const Dialect dialect = shipped(one);
    EXPECT_EQ(dialect.name + ".toml", one.file);
    std::ifstream file(SIGNET_SOURCE_ROOT "/protocol/dialect/shipped/" + std::string(one.file));
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), one.text);
  }
}

TEST(ShippedTest, AllOfThemServeTogether) {
  std::vector<Dialect> dialects;
  for (const ShippedDialect& one : shipped_dialects()) dialects.push_back(shipped(one));
  std::vector<const Dialect*> pointers;
  for (const Dialect& one : dialects) pointers.push_back(&one);
  const auto router = DialectRouter::build(pointers);
  EXPECT_TRUE(router.has_value());
}

std::string decoded(std::string_view text) {
  std::string out(base64url_decoded_size_max(text.size()), '\0');
  out.resize(base64url_decode(text, {reinterpret_cast<uint8_t*>(out.data()), out.size()}).value_or(0));
  return out;
}

TEST(NovaPostTest, TokensHaveTheShapeOfTheOriginals) {
  const Dialect dialect = shipped("novapost");
  const DialectToken& token = *dialect.token;
  EXPECT_EQ(decoded(token.encoded_header), R"({"typ":"JWT","alg":"HS256"})");
  const TemplateInput input{.issued_at = 1'700'000'000,
                            .expires_at = 1'700'003'600,
                            .key_id = {0x12, 0x34, 0x56, 0x78, 0x9A, 0xBC, 0xDE, 0xF0, 1, 2, 3, 4, 5, 6, 7, 8}};
  const std::string claims = render(token.claims, input);
  EXPECT_EQ(claims, R"({"iss":"np","iat":1700000000,"exp":1700003600,"cid":"12345678-9abc-def0-0102-030405060708",)"
                    R"("ref":"123456789abcdef001020304"})");
  DialectClaims read;
  ASSERT_TRUE(read_dialect_claims(dialect, claims, read));
  EXPECT_EQ(read.kind, DialectIdentity::kKeyId);
  EXPECT_EQ(read.key_id, input.key_id);
}

TEST(NovaPostTest, AnswersAreTheDocumentedOnes) {
  const Dialect dialect = shipped("novapost");
  const DialectEndpoint& endpoint = dialect.endpoints.at(0);
  EXPECT_EQ(render(endpoint.success->body, {.token = "a.b.c"}), R"({"jwt":"a.b.c"})");
  const auto& wrong = dialect.error(endpoint, kWrongCredential);
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(wrong.body.literal(), R"({"errors":{"errorMessage":"Unauthorized"},"error":"invalid_client"})");
  const auto& missing = dialect.error(endpoint, kMissingCredential);
  EXPECT_EQ(missing.status, 422);
  EXPECT_EQ(missing.body.literal(), R"({"errors":{"apiKey":"apiKey is required"},"error":"invalid_request"})");
  EXPECT_EQ(dialect.error(kInvalidToken).body.literal(),
            R"({"errors":{"errorMessage":"Invalid token"},"error":"invalid_token"})");
  EXPECT_EQ(dialect.error(kUnavailable).status, 503);
  EXPECT_EQ(dialect.error(kUnavailable).body.literal(),
            R"({"errors":{"errorMessage":"Connection time-out"},"error":"temporarily_unavailable"})");
  for (const DialectErrorAnswer& answer : dialect.error_answers) {
    EXPECT_EQ(answer.headers.at(0).name, "Cache-Control");
    EXPECT_TRUE(answer.body.is_literal());
  }
  EXPECT_EQ(dialect.bearer.headers.at(0).scheme, "") << "the token is presented raw";
}

TEST(NovaPostTest, IsFoundWhereverItsClientsLook) {
  const Dialect dialect = shipped("novapost");
  const auto router = DialectRouter::build(std::array{&dialect});
  ASSERT_TRUE(router.has_value());
  DialectCaptures captures;
  for (const char* path : {"/v.1.0/clients/authorization", "/v.1.0/clients/authorization/", "/clients/authorization"})
    EXPECT_EQ(router->match("GET", path, {}, captures).kind, DialectMatchKind::kEndpoint) << path;
  EXPECT_EQ(router->match("POST", "/clients/authorization", {}, captures).allow, "GET, HEAD");
  EXPECT_EQ(router->match("GET", "//clients/authorization", {}, captures).kind, DialectMatchKind::kNoPath);
}

TEST(VietQrTest, TokensHaveTheShapeOfTheOriginals) {
  const Dialect dialect = shipped("vietqr");
  const DialectToken& token = *dialect.token;
  // Header and claims of the token that the vendor publishes.
  EXPECT_EQ(token.encoded_header, "eyJhbGciOiJIUzUxMiJ9");
  const std::string claims =
      render(token.claims,
             {.client_id = "customer-vietqrtest-user2468", .issued_at = 1'721'372'634, .expires_at = 1'721'372'934});
  std::string encoded = base64url_text(as_bytes(claims));
  EXPECT_EQ(
      encoded,
      "eyJhdXRob3JpdGllcyI6WyJST0xFX1VTRVIiXSwidXNlciI6IlkzVnpkRzl0WlhJdGRtbGxkSEZ5ZEdWemRDMTFjMlZ5TWpRMk9BPT0iLCJp"
      "YXQiOjE3MjEzNzI2MzQsImV4cCI6MTcyMTM3MjkzNH0");
  DialectClaims read;
  ASSERT_TRUE(read_dialect_claims(dialect, claims, read));
  EXPECT_EQ(read.identity, "customer-vietqrtest-user2468");
  EXPECT_EQ(token.alg, JwsAlgorithm::kHS512);
}

TEST(VietQrTest, AnswersAreTheDocumentedOnes) {
  const Dialect dialect = shipped("vietqr");
  const DialectEndpoint& endpoint = dialect.endpoints.at(0);
  EXPECT_EQ(render(endpoint.success->body, {.token = "a.b.c", .lifetime_s = dialect.token->lifetime_s}),
            R"({"access_token":"a.b.c","token_type":"Bearer","expires_in":300})");
  for (const auto condition : {kMissingCredential, kMalformedCredential, kWrongCredential}) {
    const auto& answer = dialect.error(endpoint, condition);
    EXPECT_EQ(answer.status, 401);
    EXPECT_EQ(answer.body.literal(), R"({"status":"FAILED","message":"E76","error":"invalid_client"})");
    EXPECT_EQ(answer.headers.at(0).value.literal(), "Basic realm=\"Realm\"");
  }
  EXPECT_EQ(dialect.error(kInvalidToken).status, 403);
  EXPECT_EQ(dialect.error(kInvalidToken).body.literal(),
            R"({"status":"FAILED","message":"E74","error":"invalid_token"})");
  EXPECT_EQ(dialect.endpoints.at(1).success->body.literal(), R"({"status":"SUCCESS","message":""})");
}

TEST(VietQrTest, ItsSwitchAnswers400WithoutChallenge) {
  const std::pair<std::string, bool> set[] = {{"bad_request_on_failure", true}};
  const Dialect dialect = shipped("vietqr", set);
  const auto& answer = dialect.error(dialect.endpoints.at(0), kWrongCredential);
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.body.literal(), R"({"status":"FAILED","message":"E76","error":"invalid_client"})");
  ASSERT_EQ(answer.headers.size(), 1u);
  EXPECT_EQ(answer.headers[0].name, "Cache-Control");
  EXPECT_EQ(dialect.error(kInvalidToken).status, 403) << "of another condition";
}

TEST(VietQrTest, IsFoundWhereverItsClientsLook) {
  const Dialect dialect = shipped("vietqr");
  const auto router = DialectRouter::build(std::array{&dialect});
  ASSERT_TRUE(router.has_value());
  DialectCaptures captures;
  for (const char* path : {"/vqr/api/token_generate", "/api/token_generate", "//api/token_generate"})
    EXPECT_EQ(router->match("POST", path, {}, captures).kind, DialectMatchKind::kEndpoint) << path;
  EXPECT_EQ(router->match("GET", "/api/token", {}, captures).endpoint, &dialect.endpoints.at(1));
  EXPECT_EQ(router->match("GET", "/vqr/api/token_generate", {}, captures).kind, DialectMatchKind::kOtherMethod);
}

TEST(LegacyExampleTest, IsGoodAndDoesWhatTheDocumentsSay) {
  std::ifstream file(SIGNET_SOURCE_ROOT "/protocol/dialect/example/legacy.toml");
  const Dialect dialect = good_dialect(std::string(std::istreambuf_iterator<char>(file), {}));
  const DialectEndpoint& endpoint = dialect.endpoints.at(0);
  EXPECT_EQ(endpoint.credentials.at(0).secret, (DialectFieldName{"auth", "pass"}));
  EXPECT_EQ(render(endpoint.success->body, {.token = "t", .lifetime_s = 900}),
            R"({"result":{"token":"t","access_token":"t","ttl":900}})");
  EXPECT_EQ(dialect.error(endpoint, kWrongCredential).body.literal(),
            R"({"result":null,"error":"invalid_client","message":"bad user or password"})");
}

}  // namespace
}  // namespace signet
