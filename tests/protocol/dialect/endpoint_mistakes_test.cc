// Mistakes in answers and endpoints of a dialect's file.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tests/protocol/dialect/mistake.h"

namespace signet {
namespace {

using namespace testing_support;

class EndpointMistakeTest : public testing::TestWithParam<Mistake> {};

TEST_P(EndpointMistakeTest, IsToldOnceWithItsLine) { expect_told_once(GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    Answers, EndpointMistakeTest,
    testing::Values(
        Mistake{"HeaderName", "Cache-Control", "\"Cache Control\"", 15,
                "[headers] \"Cache Control\": not the name of a header; allowed are 1 to 64 of A-Z a-z 0-9 and "
                "!#$%&'*+-.^_`|~"},
        Mistake{"HeaderValue", "\"no-store\"", "\"no\\nstore\"", 15,
                "header Cache-Control: the value of a header is visible ASCII and spaces"},
        Mistake{"HeaderSpace", "\"no-store\"", "\" no\"", 15,
                "header Cache-Control: the value of a header neither begins nor ends with a space"},
        Mistake{"HeaderType", "\"no-store\"", "1", 15, "[headers] \"Cache-Control\": expected a text"},
        Mistake{"HeaderTemplate", "\"no-store\"", "\"$x\"", 15, "header Cache-Control: \"$\" begins a placeholder..."},
        Mistake{"HeaderOfError", "\"no-store\"", "\"${token}\"", 15,
                "header Cache-Control: ${token} has no value here..."},
        Mistake{"HeaderLength", "Cache-Control", "Content-Length", 15,
                "[headers] \"Content-Length\": this header is the server's own"},
        Mistake{"HeaderFraming", "Cache-Control", "transfer-encoding", 15,
                "[headers] \"transfer-encoding\": this header is the server's own"},
        Mistake{"HeaderContentType", "Cache-Control", "Content-Type", 15,
                "[headers] \"Content-Type\": set content_type instead"},
        Mistake{"HeaderTwice", "Cache-Control", "cache-control = \"a\"\nCache-Control", 16,
                "[headers] \"Cache-Control\": stands twice; case does not tell headers apart"},
        Mistake{"DefaultKey", "body = '{\"error\":\"${error}\"}'", "error = \"x\"", 17,
                "[error.default]: unknown key \"error\"; did you mean..."},
        Mistake{"DefaultBody", "body = '{\"error\":\"${error}\"}'", "body = '{\"error\":${error}}'", 17,
                "body: ${error} is text: put it in quotes"},
        Mistake{"BodyType", "body = '{\"error\":\"${error}\"}'", "body = { error = 1 }", 17,
                "[error.default] body: expected a text, not a table"},
        Mistake{"Condition", "[error.conflict]", "[error.conflicts]", 18,
                "[error]: unknown condition \"conflicts\"; did you mean \"conflict\"? (allowed: default, "
                "method_not_allowed, ..."},
        Mistake{"RowType", "[error.conflict]\nstatus = 410", "[error]\nconflict = 410", 19,
                "[error.conflict]: expected a table with the row of this condition"},
        Mistake{"ErrorSet", "body = \"form\"", "body = \"form\"\nerror_set = \"xml\"", 28,
                "[[endpoint]] \"one\" error_set: unknown set of [error_sets] \"xml\"..."},
        Mistake{"ErrorSetType", "body = \"form\"", "body = \"form\"\nerror_set = 1", 28,
                "[[endpoint]] \"one\" error_set: expected a text..."},
        Mistake{"ErrorSetName", "[[endpoint]]\n", "[error_sets.XML.conflict]\nstatus = 409\n[[endpoint]]\n", 20,
                "[error_sets.XML]: the name: expected 1 to 32 of a-z0-9_"},
        Mistake{"ErrorSetNameless", "[[endpoint]]\n", "[error_sets.\"\".conflict]\nstatus = 409\n[[endpoint]]\n", 20,
                "[error_sets.]: the name: expected 1 to 32 of a-z0-9_"},
        Mistake{"ErrorSetTable", "[[endpoint]]\n", "[error_sets]\nxml = 1\n[[endpoint]]\n", 21,
                "[error_sets.xml]: expected a table with rows of conditions"},
        Mistake{"ErrorSetCondition", "[[endpoint]]\n", "[error_sets.xml.conflicts]\nstatus = 409\n[[endpoint]]\n", 20,
                "[error_sets.xml]: unknown condition \"conflicts\"..."},
        Mistake{"ErrorSetBody", "[[endpoint]]\n", "[error_sets.xml.conflict]\nbody = \"$x\"\n[[endpoint]]\n", 21,
                "body: \"$\" begins a placeholder..."},
        Mistake{"TenantPlace", "body = \"form\"", "body = \"form\"\ntenant = \"host\"", 28,
                "[[endpoint]] \"one\" tenant: unknown place of the tenant \"host\"..."},
        Mistake{"TenantUnguarded", "body = \"form\"", "body = \"form\"\ntenant = \"token\"", 28,
                "[[endpoint]] \"one\" tenant: \"token\" needs guarded = true"},
        Mistake{"TenantWithoutClaim", "body = \"form\"", "body = \"form\"\nguarded = true\ntenant = \"token\"", 20,
                "[[endpoint]] \"one\" tenant: no claim of [token] ends with ${tenant_key|uuid} or..."},
        Mistake{"TenantAfter", "secret = \"client_secret\"", "secret = \"client_secret\"\ntenant_after = \"-\"", 32,
                "[[endpoint.credential]] tenant_after: expected one of @..."},
        Mistake{"TenantAfterKey", "id = \"client_id\"\nsecret = \"client_secret\"", "key = \"k\"\ntenant_after = \"@\"",
                31, "[[endpoint.credential]] tenant_after: a key has no id to hold a tenant"},
        Mistake{"RefreshOfIssue", "[endpoint.error.forbidden]",
                "[endpoint.success_with_refresh]\nbody = '{}'\n[endpoint.error.forbidden]", 35,
                "[[endpoint]] \"one\" success_with_refresh: the handler \"issue\" gives no refresh token"},
        Mistake{"RowKey", "status = 410", "state = 410", 19,
                "[error.conflict]: unknown key \"state\"; did you mean \"status\"? (allowed: status, body, headers, "
                "content_type, error, error_description)"},
        Mistake{"StatusLow", "status = 410", "status = 199", 19,
                "[error.conflict] status: expected an integer from 200 to 599"},
        Mistake{"StatusHigh", "status = 410", "status = 600", 19,
                "[error.conflict] status: expected an integer from 200 to 599"},
        Mistake{"StatusType", "status = 410", "status = \"410\"", 19,
                "[error.conflict] status: expected an integer from 200 to 599"},
        Mistake{"ErrorCode", "status = 410", "error = \"a\\\"b\"", 19,
                "[error.conflict] error: expected 1 to 256 characters of ASCII without \" and \\"},
        Mistake{"ErrorEmpty", "status = 410", "error = \"\"", 19, "[error.conflict] error: expected 1 to 256..."},
        Mistake{"Description", "status = 410", "error_description = \"a\\nb\"", 19,
                "[error.conflict] error_description: expected at most 256 octets without control characters"},
        Mistake{"ContentType", "status = 410", "content_type = \"json\"", 19,
                "[error.conflict] content_type: expected a type such as application/json"},
        Mistake{"ContentTypeLine", "status = 410", "content_type = \"text/plain\\r\\nX: y\"", 19,
                "[error.conflict] content_type: expected a type such as application/json"},
        Mistake{"RowHeader", "status = 410", "headers = { \"a b\" = \"\" }", 19,
                "[error.conflict] headers \"a b\": not the..."},
        Mistake{"RowCapture", "status = 410", "body = '{\"error\":\"${path.x}\"}'", 19,
                "body: ${path.x}: no path here captures anything"},
        Mistake{"SuccessStatus", "status = 200", "status = 302", 33,
                "[endpoint.success] status: expected an integer from 200 to 299"},
        Mistake{"SuccessKey", "status = 200", "error = \"x\"", 33,
                "[endpoint.success]: unknown key \"error\"; did you mean..."},
        Mistake{"SuccessBodyOf204", "status = 200", "status = 204", 34, "body: an answer of status 204 has none"},
        Mistake{"SuccessJson", "'{\"token\":\"${token}\"}'", "'{\"token\":${token}}'", 34,
                "body: ${token} is text: put it in quotes"},
        Mistake{"SuccessWithoutToken", "'{\"token\":\"${token}\"}'", "'{}'", 32,
                "[endpoint.success]: the token is nowhere in it; write ${token} in body or in a header"},
        Mistake{"SuccessRaw", "status = 200",
                "content_type = \"text/plain\"\nheaders = { X-T = \"${request.x}${token\" }", 34, "header X-T: ..."},
        Mistake{"EndpointCondition", "[endpoint.error.forbidden]", "[endpoint.error.forbiden]", 35,
                "[endpoint.error]: unknown condition \"forbiden\"; did you mean \"forbidden\"? ..."},
        Mistake{"EndpointErrorStatus", "status = 404", "status = 100", 36,
                "[endpoint.error.forbidden] status: expected an integer from 200 to 599"},
        Mistake{"TypeWithoutBody", "body = '{\"error\":\"${error}\"}'", "content_type = \"text/xml\"", 17,
                "content_type: a type that is not JSON needs a body of its own"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Endpoint, EndpointMistakeTest,
    testing::Values(
        Mistake{"UnknownKey", "handler = \"issue\"", "handle = \"issue\"", 24,
                "[[endpoint]] \"one\": unknown key \"handle\"; did you mean \"handler\"? (allowed: name, paths, ..."},
        Mistake{"NoName", "name = \"one\"\n", "", 20, "[[endpoint]] name: is required"},
        Mistake{"Name", "\"one\"", "\"One-1\"", 21, "[[endpoint]] \"One-1\" name: expected 1 to 32 of a-z0-9_"},
        Mistake{"NoPaths", "paths = [\"/one\"]\n", "", 20,
                "[[endpoint]] \"one\" paths: is required: a list of at least one path"},
        Mistake{"EmptyPaths", "[\"/one\"]", "[]", 22,
                "[[endpoint]] \"one\" paths: is required: a list of at least one path"},
        Mistake{"PathsType", "[\"/one\"]", "\"/one\"", 22,
                "[[endpoint]] \"one\" paths: expected a list of texts, not a text"},
        Mistake{"PathType", "[\"/one\"]", "[\"/one\",\n1]", 23,
                "[[endpoint]] \"one\" paths: expected a text, not an integer"},
        Mistake{"Path", "[\"/one\"]", "[\"/one\",\n\"two\"]", 23,
                "[[endpoint]] \"one\" paths: \"two\": a path begins with \"/\""},
        Mistake{"CorePath", "\"/one\"", "\"/oauth2/token\"", 22,
                "[[endpoint]] \"one\" paths: \"/oauth2/token\": paths below /oauth2 are Signet's own"},
        Mistake{"PathTwice", "[\"/one\"]", "[\"/one\",\n\"/one\"]", 23,
                "[[endpoint]] \"one\" paths: /one takes the same requests as /one of endpoint \"one\""},
        Mistake{"PathsMany", "[\"/one\"]",
                "['/a','/b','/c','/d','/e','/f','/g','/h','/i','/j','/k','/l','/m','/n','/o','/p','/q']", 22,
                "[[endpoint]] \"one\" paths: an endpoint has at most 16 paths, not 17"},
        Mistake{"NoMethods", "methods = [\"POST\"]\n", "", 20,
                "[[endpoint]] \"one\" methods: is required: a list such as [\"POST\"]"},
        Mistake{"EmptyMethods", "[\"POST\"]", "[]", 23,
                "[[endpoint]] \"one\" methods: is required: a list such as [\"POST\"]"},
        Mistake{
            "Method", "[\"POST\"]", "[\"PSOT\"]", 23,
            "[[endpoint]] \"one\" methods: unknown method \"PSOT\"; did you mean \"POST\"? (allowed: GET, POST, PUT, "
            "DELETE, PATCH, OPTIONS), or \"*\" for any"},
        Mistake{"Head", "[\"POST\"]", "[\"HEAD\"]", 23, "[[endpoint]] \"one\" methods: HEAD goes with GET by itself"},
        Mistake{"AnyAndOne", "[\"POST\"]", "[\"POST\",\"*\"]", 23,
                "[[endpoint]] \"one\" methods: \"*\" is every method: name no other one beside it"},
        Mistake{
            "Handler", "\"issue\"", "\"isue\"", 24,
            "[[endpoint]] \"one\" handler: unknown handler \"isue\"; did you mean \"issue\"? (allowed: issue, answer)"},
        Mistake{"When", "handler = \"issue\"", "when = \"onn\"", 24,
                "[[endpoint]] \"one\" when: unknown switch \"onn\"; did you mean \"on\"? (allowed: on, off)"},
        Mistake{"WhenType", "handler = \"issue\"", "when = true", 24,
                "[[endpoint]] \"one\" when: expected a text, not a boolean"},
        Mistake{"TrailingSwitch", "trailing_slash = \"on\"", "trailing_slash = \"no\"", 25,
                "[[endpoint]] \"one\" trailing_slash: unknown switch \"no\"; did you mean..."},
        Mistake{"TrailingType", "trailing_slash = \"on\"", "trailing_slash = 1\nguarded = true\nwhen = \"on\"", 25,
                "[[endpoint]] \"one\" trailing_slash: expected true, false or the name of a switch"},
        Mistake{"DoubleSwitch", "\"!off\"", "\"!of\"", 26,
                "[[endpoint]] \"one\" double_slashes: unknown switch \"of\"; did you mean \"on\"?..."},
        Mistake{
            "Body", "body = \"form\"", "body = \"from\"\nquery_as_form = true", 27,
            "[[endpoint]] \"one\" body: unknown body \"from\"; did you mean \"form\"? (allowed: ignored, form, json, "
            "form_or_json)"},
        Mistake{"QueryType", "body = \"form\"", "body = \"form\"\nquery_as_form = \"on\"", 28,
                "[[endpoint]] \"one\" query_as_form: expected true or false, not a text"},
        Mistake{"GuardedType", "body = \"form\"", "body = \"form\"\nguarded = 1", 28,
                "[[endpoint]] \"one\" guarded: expected true or false, not an integer"},
        Mistake{"FormWithoutBody", "body = \"form\"", "body = \"json\"", 28,
                "[[endpoint]] \"one\" credential: carrier \"form\" needs body = \"form\" or \"form_or_json\""},
        Mistake{"NoCarrier", "carrier = \"form\"\n", "", 28, "[[endpoint.credential]] carrier: is required"},
        Mistake{
            "Carrier", "\"form\"\nid", "\"fom\"\nid", 29,
            "[[endpoint.credential]] carrier: unknown carrier \"fom\"; did you mean \"form\"? (allowed: basic, form, "
            "json, query, header)"},
        Mistake{"CredentialKey", "id = ", "user = \"u\"\nid = ", 30,
                "[[endpoint.credential]]: unknown key \"user\"; did you mean..."},
        Mistake{"KeyAndPair", "id = ", "key = \"k\"\nid = ", 30,
                "[[endpoint.credential]] key: either key, or id and secret"},
        Mistake{"NoSecret", "secret = \"client_secret\"\n", "", 28,
                "[[endpoint.credential]] secret: is required: either key, or id and secret"},
        Mistake{"NoId", "id = \"client_id\"\n", "", 28,
                "[[endpoint.credential]] id: is required: either key, or id and secret"},
        Mistake{"NoFields", "id = \"client_id\"\nsecret = \"client_secret\"\n", "", 28,
                "[[endpoint.credential]] key: is required: either key, or id and secret"},
        Mistake{"SameFields", "\"client_secret\"", "\"client_id\"", 31,
                "[[endpoint.credential]] secret: is the same field as id"},
        Mistake{"FieldName", "\"client_id\"", "\"client id\"", 30,
                "[[endpoint.credential]] id: expected the name of a parameter, 1 to 64 characters"},
        Mistake{"BasicWithFields", "carrier = \"form\"\nid = \"client_id\"\nsecret = \"client_secret\"",
                "carrier = \"basic\"\nkey = \"k\"", 30,
                "[[endpoint.credential]] key: basic has its fields already; leave..."},
        Mistake{"HeaderField", "carrier = \"form\"\nid = \"client_id\"\nsecret = \"client_secret\"",
                "carrier = \"header\"\nkey = \"X Key\"", 30,
                "[[endpoint.credential]] key: expected the name of a header, 1 to 64 characters"},
        Mistake{"JsonField", "body = \"form\"\n[[endpoint.credential]]\ncarrier = \"form\"\nid = \"client_id\"",
                "body = \"json\"\n[[endpoint.credential]]\ncarrier = \"json\"\nid = \"auth..user\"", 30,
                "[[endpoint.credential]] id: expected the name of a JSON member, or up to 4 of them with dots between"},
        Mistake{"JsonDeep", "body = \"form\"\n[[endpoint.credential]]\ncarrier = \"form\"\nid = \"client_id\"",
                "body = \"json\"\n[[endpoint.credential]]\ncarrier = \"json\"\nid = \"a.b.c.d.e\"", 30,
                "[[endpoint.credential]] id: expected the name of a JSON member, or up to 4..."},
        Mistake{"SchemeElsewhere", "\"client_secret\"", "\"client_secret\"\nscheme = \"Token\"", 32,
                "[[endpoint.credential]] scheme: only a header has one"},
        Mistake{"Scheme", "carrier = \"form\"\nid = \"client_id\"\nsecret = \"client_secret\"",
                "carrier = \"header\"\nkey = \"X-Key\"\nscheme = \"To ken\"", 31,
                "[[endpoint.credential]] scheme: expected one word such as Token"},
        Mistake{"CredentialTable", "[[endpoint.credential]]", "[endpoint.credential]", 28,
                "[[endpoint]] \"one\" credential: expected [[credential]] tables, not a table"},
        Mistake{
            "NoCredential",
            "[[endpoint.credential]]\ncarrier = \"form\"\nid = \"client_id\"\nsecret = \"client_secret\"\n", "", 20,
            "[[endpoint]] \"one\" credential: \"issue\" would give a token to anybody: add [[endpoint.credential]] or "
            "guarded = true"},
        Mistake{"NoSuccess", "[endpoint.success]\nstatus = 200\nbody = '{\"token\":\"${token}\"}'\n", "", 20,
                "[[endpoint]] \"one\" success: is required for the handler \"issue\""},
        Mistake{"EndpointTable", "[[endpoint]]\nname", "[endpoint]\nname", 20,
                "endpoint: expected [[endpoint]] tables, not a table"}),
    name_of);

// Values that a handler has no use for are not silently empty.
TEST(EndpointMistakesTest, AFixedAnswerKnowsNobody) {
  const std::string text = std::string(kLeastDialect) + R"([[endpoint]]
name = "two"
paths = ["/two"]
methods = ["GET"]
handler = "answer"
[endpoint.success]
body = '{"a":"${client_id}"}'
headers = { X-A = "${token}" }
)";
  const auto problems = problems_of(text);
  ASSERT_EQ(problems.size(), 2u) << all_problems(problems);
  EXPECT_EQ(problems[0].text, "body: ${client_id} has no value here: nobody has to say who they are at this endpoint");
  EXPECT_EQ(problems[1].text,
            "header X-A: ${token} has no value here: nobody has to say who they are at this endpoint");
  const auto with_credential =
      problems_of(with(text, "[endpoint.success]\nbody = '{\"a\"",
                       "[[endpoint.credential]]\ncarrier = \"basic\"\n[endpoint.success]\nbody = '{\"a\""));
  ASSERT_EQ(with_credential.size(), 1u) << all_problems(with_credential);
  EXPECT_EQ(with_credential[0].text, "header X-A: ${token} has no value here: the handler \"answer\" makes no token");
}

TEST(EndpointMistakesTest, ARowOfAnEndpointNamesOnlyWhatItsPathsCapture) {
  const auto problems = problems_of(std::string(kLeastDialect) + R"([[endpoint]]
name = "two"
paths = ["/two/{id}"]
methods = ["GET"]
handler = "answer"
[endpoint.success]
body = '"${path.id}"'
[[endpoint]]
name = "three"
paths = ["/three"]
methods = ["GET"]
handler = "answer"
[endpoint.success]
body = '"${path.id}"'
[endpoint.error.conflict]
body = '{"error":"${path.id}"}'
)");
  EXPECT_EQ(all_problems(problems),
            "f.toml:50: body: ${path.id}: no path here captures anything\n"
            "f.toml:52: body: ${path.id}: no path here captures anything\n");
}

TEST(EndpointMistakesTest, CredentialBeforeMethodNeedsOne) {
  const auto problems = problems_of(std::string(kLeastDialect) + R"([[endpoint]]
name = "two"
paths = ["/two"]
methods = ["GET"]
handler = "answer"
credential_before_method = true
[endpoint.success]
body = '{}'
)");
  EXPECT_EQ(all_problems(problems),
            "f.toml:42: [[endpoint]] \"two\" credential_before_method: there is no credential\n");
}

}  // namespace
}  // namespace signet
