// What a dialect's file says reaches the compiled dialect; how rows of answers are laid over each other.
#include "protocol/dialect/dialect_file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tests/protocol/dialect/dialect_fixture.h"

namespace signet {
namespace {

using namespace testing_support;

using enum DialectCondition;

const std::string* header_of(const DialectAnswer& answer, std::string_view name, std::string& storage) {
  const auto at = std::ranges::find(answer.headers, name, &DialectHeader::name);
  if (at == answer.headers.end()) return nullptr;
  storage = at->value.is_literal() ? std::string(at->value.literal()) : "(template)";
  return &storage;
}
std::string header(const DialectAnswer& answer, std::string_view name) {
  std::string storage;
  return header_of(answer, name, storage) == nullptr ? "(none)" : storage;
}

TEST(DialectFileTest, ReadsEverySection) {
  const Dialect dialect = good_dialect(kLeastDialect);
  EXPECT_EQ(dialect.name, "least");
  EXPECT_EQ(dialect.title, "Least");
  ASSERT_EQ(dialect.switches.size(), 2u);
  EXPECT_EQ(dialect.switches[0].name, "on");
  EXPECT_TRUE(dialect.switches[0].on);
  ASSERT_TRUE(dialect.token.has_value());
  EXPECT_EQ(dialect.token->alg, JwsAlgorithm::kHS256);
  EXPECT_EQ(dialect.token->encoded_header, "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9");
  EXPECT_EQ(dialect.token->lifetime_s, 600u);
  EXPECT_EQ(dialect.token->names.identity, "sub");
  EXPECT_EQ(dialect.token->names.expires_at, "exp");
  EXPECT_EQ(dialect.token->names.issued_at, "iat");
  EXPECT_EQ(dialect.token->names.jti, "");
  ASSERT_EQ(dialect.endpoints.size(), 1u);
  const DialectEndpoint& endpoint = dialect.endpoints[0];
  EXPECT_EQ(endpoint.paths[0].text, "/one");
  EXPECT_EQ(endpoint.methods, DialectMethods{.bits = static_cast<uint8_t>(DialectMethod::kPost)});
  EXPECT_EQ(endpoint.handler_index, kHandlerIssue);
  EXPECT_TRUE(endpoint.trailing_slash);
  EXPECT_TRUE(endpoint.double_slashes) << "\"!off\"";
  EXPECT_EQ(endpoint.body, DialectBody::kForm);
  ASSERT_EQ(endpoint.credentials.size(), 1u);
  EXPECT_EQ(endpoint.credentials[0].carrier, DialectCarrier::kForm);
  EXPECT_FALSE(endpoint.credentials[0].is_key());
  EXPECT_EQ(endpoint.credentials[0].id, DialectFieldName{"client_id"});
  EXPECT_EQ(render(endpoint.success->body, {.token = "t"}), R"({"token":"t"})");
  EXPECT_EQ(dialect.error(endpoint, kForbidden).status, 404);
  EXPECT_EQ(dialect.error(kForbidden).status, 403);
  EXPECT_EQ(dialect.error(endpoint, kConflict).status, 410);
  EXPECT_EQ(header(dialect.error(endpoint, kForbidden), "Cache-Control"), "no-store");
}

TEST(DialectFileTest, DefaultsAreTheDocumentedOnes) {
  const Dialect dialect = good_dialect(R"(name = "d"
[[endpoint]]
name = "x"
paths = ["/x"]
methods = ["*"]
handler = "answer"
[endpoint.success]
)");
  EXPECT_EQ(dialect.title, "d");
  EXPECT_FALSE(dialect.token.has_value());
  ASSERT_EQ(dialect.bearer.headers.size(), 1u);
  EXPECT_EQ(dialect.bearer.headers[0].name, "Authorization");
  EXPECT_EQ(dialect.bearer.headers[0].scheme, "Bearer");
  EXPECT_FALSE(dialect.bearer.scheme_case_sensitive);
  EXPECT_EQ(dialect.bearer.query, "");
  const DialectEndpoint& endpoint = dialect.endpoints[0];
  EXPECT_TRUE(endpoint.methods.any);
  EXPECT_EQ(endpoint.handler_index, kHandlerAnswer);
  EXPECT_EQ(endpoint.body, DialectBody::kIgnored);
  EXPECT_FALSE(endpoint.trailing_slash || endpoint.double_slashes || endpoint.query_as_form || endpoint.guarded);
  EXPECT_EQ(endpoint.success->status, 200);
  EXPECT_TRUE(endpoint.success->body.empty());
  EXPECT_EQ(endpoint.success->content_type, "application/json");
}

TEST(DialectFileTest, WithoutRowsEveryConditionHasTheBuiltInAnswer) {
  const Dialect dialect = good_dialect(R"(name = "d"
[[endpoint]]
name = "x"
paths = ["/x"]
methods = ["*"]
handler = "answer"
[endpoint.success]
)");
  for (size_t i = 0; i < kDialectConditionCount; ++i) {
    const auto condition = static_cast<DialectCondition>(i);
    const DialectConditionEntry& built_in = dialect_condition(condition);
    const DialectErrorAnswer& answer = dialect.error(dialect.endpoints[0], condition);
    EXPECT_EQ(find_dialect_condition(built_in.name), condition);
    EXPECT_EQ(answer.status, built_in.status);
    EXPECT_EQ(answer.body.literal(), "{\"error\":\"" + std::string(built_in.error) + "\",\"error_description\":\"" +
                                         std::string(built_in.description) + "\"}");
    EXPECT_EQ(answer.content_type, "application/json");
  }
  EXPECT_FALSE(find_dialect_condition("default").has_value());
  EXPECT_EQ(dialect.error(kMethodNotAllowed).status, 405);
  EXPECT_EQ(dialect.error(kTooManyRequests).error, "temporarily_unavailable");
  EXPECT_EQ(dialect.error(kSlowDown).error, "slow_down");
}

TEST(DialectFileTest, ARowTakesFromTheDefaultWhatItDoesNotSet) {
  const Dialect dialect =
      good_dialect(with(kLeastDialect, "[error.conflict]\nstatus = 410", R"(headers = { X-A = "1", X-B = "2" }
content_type = "application/problem+json"
[error.conflict]
error = "other"
error_description = "with \"quotes\""
body = '{"error":"${error}","text":"${error_description}","status":${status}}'
headers = { x-b = "3", Cache-Control = "" })"));
  const DialectErrorAnswer& answer = dialect.error(kConflict);
  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(answer.error, "other");
  EXPECT_EQ(answer.content_type, "application/problem+json");
  EXPECT_EQ(answer.body.literal(), R"({"error":"other","text":"with \"quotes\"","status":409})");
  EXPECT_EQ(header(answer, "X-A"), "1");
  EXPECT_EQ(header(answer, "x-b"), "3");
  EXPECT_EQ(header(answer, "X-B"), "(none)") << "names have no case";
  EXPECT_EQ(header(answer, "Cache-Control"), "(none)") << "an empty value takes a header away";
  EXPECT_EQ(dialect.error(kForbidden).body.literal(), R"({"error":"access_denied"})");
}

TEST(DialectFileTest, RowsOfAnEndpointComeFirst) {
  const Dialect dialect = good_dialect(std::string(kLeastDialect) + R"([endpoint.error.conflict]
body = '{"error":"mine"}'
[[endpoint]]
name = "xml"
paths = ["/xml"]
methods = ["GET"]
handler = "answer"
[endpoint.success]
content_type = "text/xml"
body = "<a/>"
[endpoint.error.default]
content_type = "text/xml"
body = "<Error>${error_description}</Error>"
)");
  const DialectErrorAnswer& conflict = dialect.error(dialect.endpoints[0], kConflict);
  EXPECT_EQ(conflict.status, 410) << "of the dialect's row";
  EXPECT_EQ(conflict.body.literal(), R"({"error":"mine"})");
  const DialectErrorAnswer& xml = dialect.error(dialect.endpoints[1], kConflict);
  EXPECT_EQ(xml.status, 410);
  EXPECT_EQ(xml.content_type, "text/xml");
  EXPECT_EQ(xml.body.literal(), "<Error>conflict</Error>") << "the default of the endpoint before that of the dialect";
  EXPECT_EQ(dialect.error(kConflict).body.literal(), R"({"error":"invalid_request"})");
}

constexpr std::string_view kErrorSets = R"([error_sets.xml.default]
content_type = "text/xml"
body = "<Error>${error_description}</Error>"
[error_sets.xml.forbidden]
status = 401
error_description = "no"
[[endpoint]]
name = "two"
paths = ["/two"]
methods = ["GET"]
handler = "answer"
error_set = "xml"
[endpoint.success]
[[endpoint]]
name = "three"
paths = ["/three"]
methods = ["GET"]
handler = "answer"
error_set = "xml"
[endpoint.success]
[endpoint.error.forbidden]
status = 418
[[endpoint]]
name = "four"
paths = ["/four"]
methods = ["GET"]
handler = "answer"
error_set = "xml"
[endpoint.success]
)";

TEST(DialectFileTest, EndpointsShareASetOfRows) {
  const Dialect dialect = good_dialect(std::string(kLeastDialect) + std::string(kErrorSets));
  const auto& two = dialect.endpoints.at(1);
  const DialectErrorAnswer& conflict = dialect.error(two, kConflict);
  EXPECT_EQ(conflict.status, 410) << "the dialect's row of the condition comes before the set's default";
  EXPECT_EQ(conflict.content_type, "text/xml");
  EXPECT_EQ(conflict.body.literal(), "<Error>conflict</Error>") << "the set's default comes before the dialect's";
  EXPECT_EQ(dialect.error(two, DialectCondition::kForbidden).status, 401);
  EXPECT_EQ(dialect.error(two, DialectCondition::kForbidden).body.literal(), "<Error>no</Error>");
  const auto& three = dialect.endpoints.at(2);
  EXPECT_EQ(dialect.error(three, DialectCondition::kForbidden).status, 418) << "its own row comes before the set's";
  EXPECT_EQ(dialect.error(three, DialectCondition::kForbidden).body.literal(), "<Error>no</Error>");
  EXPECT_EQ(dialect.endpoints.at(3).errors, two.errors) << "compiled once";
  EXPECT_EQ(dialect.error(dialect.endpoints[0], kConflict).content_type, "application/json");
  EXPECT_EQ(dialect.error(kConflict).content_type, "application/json");
}

TEST(DialectFileTest, RowsOfASwitchComeBeforeThoseOfASet) {
  const std::string text = std::string(kLeastDialect) + std::string(kErrorSets) +
                           "[when.on.error.forbidden]\nstatus = 451\n[when.off.error.forbidden]\nstatus = 400\n";
  const Dialect dialect = good_dialect(text);
  EXPECT_EQ(dialect.error(dialect.endpoints.at(1), DialectCondition::kForbidden).status, 451);
  EXPECT_EQ(dialect.error(dialect.endpoints.at(1), DialectCondition::kForbidden).body.literal(), "<Error>no</Error>");
  EXPECT_EQ(dialect.error(dialect.endpoints.at(2), DialectCondition::kForbidden).status, 451);
}

constexpr std::string_view kWhen = R"([when.off.error.conflict]
status = 400
[when.off.error.forbidden]
status = 400
headers = { X-When = "yes" }
[when.off.headers]
Cache-Control = "private"
[when.off.token]
lifetime_s = 60
)";

TEST(DialectFileTest, ASwitchThatIsOffChangesNothing) {
  const Dialect dialect = good_dialect(std::string(kLeastDialect) + std::string(kWhen));
  EXPECT_EQ(dialect.error(kConflict).status, 410);
  EXPECT_EQ(header(dialect.error(kConflict), "Cache-Control"), "no-store");
  EXPECT_EQ(dialect.token->lifetime_s, 600u);
}

TEST(DialectFileTest, RowsOfASwitchThatIsOnComeBeforeThePlainOnes) {
  const std::pair<std::string, bool> set[] = {{"off", true}};
  // The endpoint's double_slashes is "!off".
  const Dialect dialect = good_dialect(std::string(kLeastDialect) + std::string(kWhen), {.switches = set});
  const DialectEndpoint& endpoint = dialect.endpoints[0];
  EXPECT_TRUE(dialect.switches[1].on);
  EXPECT_FALSE(endpoint.double_slashes);
  EXPECT_EQ(dialect.error(kConflict).status, 400);
  EXPECT_EQ(dialect.error(endpoint, kForbidden).status, 400) << "before the endpoint's 404 too";
  EXPECT_EQ(header(dialect.error(endpoint, kForbidden), "X-When"), "yes");
  EXPECT_EQ(dialect.error(endpoint, kForbidden).body.literal(), R"({"error":"access_denied"})");
  EXPECT_EQ(header(dialect.error(kNotFound), "Cache-Control"), "private");
  EXPECT_EQ(header(*endpoint.success, "Cache-Control"), "private");
  EXPECT_EQ(dialect.token->lifetime_s, 60u);
}

TEST(DialectFileTest, AnEndpointThatASwitchTurnsOffIsNotThere) {
  const std::string text =
      with(with(kLeastDialect, "handler = \"issue\"", "when = \"!off\""), "\"!off\"\nbody", "true\nbody");
  EXPECT_EQ(good_dialect(text).endpoints.size(), 1u);
  const std::pair<std::string, bool> set[] = {{"off", true}};
  EXPECT_EQ(good_dialect(text, {.switches = set}).endpoints.size(), 0u);
}

TEST(DialectFileTest, OnePathMayHaveAnEndpointForEitherStateOfASwitch) {
  const std::string text = with(kLeastDialect, "handler = \"issue\"", "when = \"on\"") + R"([[endpoint]]
name = "two"
paths = ["/one"]
methods = ["POST"]
handler = "answer"
when = "!on"
[endpoint.success]
)";
  const Dialect dialect = good_dialect(text);
  ASSERT_EQ(dialect.endpoints.size(), 1u);
  EXPECT_EQ(dialect.endpoints[0].name, "one");
}

TEST(DialectFileTest, HandlersThatTheDaemonGivesFollowTheBuiltInOnes) {
  const std::string_view handlers[] = {"register", "device_code"};
  const Dialect dialect = good_dialect(with(kLeastDialect, "\"issue\"", "\"device_code\""), {.handlers = handlers});
  EXPECT_EQ(dialect.endpoints[0].handler, "device_code");
  EXPECT_EQ(dialect.endpoints[0].handler_index, kHandlerFirstGiven + 1);
}

TEST(DialectFileTest, HeadersOfAnswersAreTemplates) {
  const Dialect dialect =
      good_dialect(with(kLeastDialect, "status = 200\nbody = '{\"token\":\"${token}\"}'", R"(status = 204
headers = { X-Access-Token = "${token}", X-Who = "${client_id} %" })"));
  const DialectAnswer& answer = *dialect.endpoints[0].success;
  EXPECT_EQ(answer.status, 204);
  EXPECT_TRUE(answer.body.empty());
  ASSERT_EQ(answer.headers.size(), 3u);
  EXPECT_EQ(render(answer.headers[0].value, {.token = "t.t.t"}), "t.t.t");
  EXPECT_EQ(render(answer.headers[1].value, {.client_id = "a\r\nb%\xC3\xA9"}), "a%0D%0Ab%25%C3%A9 %");
}

TEST(DialectFileTest, ErrorBodiesKeepOnlyWhatThePathSays) {
  const Dialect dialect = good_dialect(with(with(kLeastDialect, "[\"/one\"]", "[\"/one/{id}\"]"), "status = 410",
                                            "body = '{\"error\":\"${error}\",\"id\":\"${path.id}\"}'"));
  const DialectErrorAnswer& answer = dialect.error(kConflict);
  EXPECT_FALSE(answer.body.is_literal());
  EXPECT_EQ(answer.body.used(), 1U << static_cast<unsigned>(TemplateValue::kPath));
  const std::string_view path[] = {"\"7\""};
  EXPECT_EQ(render(answer.body, {.path = path}), R"({"error":"invalid_request","id":"\"7\""})");
  EXPECT_TRUE(dialect.error(kForbidden).body.is_literal());
}

TEST(DialectFileTest, ARowOfTheDialectMayNameWhatOnlySomePathsCapture) {
  const Dialect dialect =
      good_dialect(with(with(kLeastDialect, "[\"/one\"]", "[\"/one/{id}\"]"), "body = '{\"error\":\"${error}\"}'",
                        "body = '{\"error\":\"${error}\",\"id\":\"${path.id}\"}'") +
                   R"([[endpoint]]
name = "two"
paths = ["/two"]
methods = ["GET"]
handler = "answer"
[endpoint.success]
[endpoint.error.conflict]
status = 400
)");
  EXPECT_EQ(render(dialect.error(dialect.endpoints[1], kConflict).body), R"({"error":"invalid_request","id":""})");
}

TEST(DialectFileTest, BearerHeadersMayHaveSchemesOfTheirOwn) {
  const Dialect dialect = good_dialect(with(kLeastDialect, "headers = [\"Authorization\"]\nscheme = \"Bearer\"",
                                            R"(headers = [{ name = "X-Token", scheme = "" }, "Authorization"]
scheme_case_sensitive = true
query = "token")"));
  ASSERT_EQ(dialect.bearer.headers.size(), 2u);
  EXPECT_EQ(dialect.bearer.headers[0].name, "X-Token");
  EXPECT_EQ(dialect.bearer.headers[0].scheme, "");
  EXPECT_EQ(dialect.bearer.headers[1].scheme, "Bearer");
  EXPECT_TRUE(dialect.bearer.scheme_case_sensitive);
  EXPECT_EQ(dialect.bearer.query, "token");
}

TEST(DialectFileTest, CredentialsOfEveryCarrier) {
  const Dialect dialect = good_dialect(with(
      kLeastDialect,
      "body = \"form\"\n[[endpoint.credential]]\ncarrier = \"form\"\nid = \"client_id\"\nsecret = \"client_secret\"",
      R"(body = "form_or_json"
[[endpoint.credential]]
carrier = "basic"
[[endpoint.credential]]
carrier = "json"
id = "auth.user"
secret = "auth.pass"
[[endpoint.credential]]
carrier = "query"
key = "apiKey"
[[endpoint.credential]]
carrier = "header"
key = "Authorization"
scheme = "Token"
[[endpoint.credential]]
carrier = "form"
key = "api-key[]")"));
  const auto& credentials = dialect.endpoints[0].credentials;
  ASSERT_EQ(credentials.size(), 5u);
  EXPECT_FALSE(credentials[0].is_key());
  EXPECT_TRUE(credentials[0].id.empty());
  EXPECT_EQ(credentials[1].id, (DialectFieldName{"auth", "user"}));
  EXPECT_EQ(credentials[2].key, DialectFieldName{"apiKey"});
  EXPECT_EQ(credentials[3].scheme, "Token");
  EXPECT_EQ(credentials[4].key, DialectFieldName{"api-key[]"});
}

std::string warnings_of(std::string_view text) {
  const auto read = read_dialect(text, "f.toml");
  return read ? all_problems(read->warnings) : all_problems(read.error());
}

TEST(DialectWarningTest, AFailureWithoutErrorAtItsTop) {
  EXPECT_EQ(warnings_of(with(kLeastDialect, "status = 410", "body = '{\"message\":\"x\"}'")),
            "f.toml:19: error conflict: the body has no member \"error\" at its top; RFC 6749 section 5.2 clients need "
            "one\n");
  EXPECT_EQ(warnings_of(with(kLeastDialect, "status = 410", "status = 200\nbody = '{\"success\":false}'")), "");
  EXPECT_EQ(warnings_of(with(kLeastDialect, "status = 410", "content_type = \"text/xml\"\nbody = '<a/>'")), "");
}

TEST(DialectWarningTest, ASuccessWithErrorAtItsTop) {
  EXPECT_EQ(warnings_of(with(kLeastDialect, "{\"token\":", "{\"error\":null,\"token\":")),
            "f.toml:34: success: clients may take an answer of status 200 with a member \"error\" for a failure\n");
}

TEST(DialectWarningTest, ASwitchThatNothingLooksAt) {
  EXPECT_EQ(warnings_of(with(kLeastDialect, "[token]", "idle = true\n[token]")),
            "f.toml:6: [switches]: nothing looks at \"idle\"\n");
}

TEST(DialectWarningTest, ASetOfErrorsThatNoEndpointTakes) {
  EXPECT_EQ(
      warnings_of(with(kLeastDialect, "[[endpoint]]\n", "[error_sets.xml.conflict]\nstatus = 409\n[[endpoint]]\n")),
      "f.toml:20: [error_sets.xml]: no endpoint has error_set = \"xml\"\n");
}

}  // namespace
}  // namespace signet
