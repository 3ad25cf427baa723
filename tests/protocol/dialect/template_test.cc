// Templates: what each value and filter gives, how it is escaped, and what does not compile.
#include "protocol/dialect/template.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "protocol/dialect/template_compile.h"

namespace signet {
namespace {

const std::vector<std::string> kCaptures{"org", "id"};

std::expected<Template, std::string> compile(std::string_view text, TemplateSyntax syntax = TemplateSyntax::kJson,
                                             TemplatePlace place = TemplatePlace::kSuccess,
                                             uint32_t captures_here = UINT32_MAX) {
  std::vector<std::string> requests;
  return compile_template(text, {.place = place,
                                 .syntax = syntax,
                                 .captures = &kCaptures,
                                 .captures_here = captures_here,
                                 .requests = &requests});
}

constexpr std::array<uint8_t, 16> kOctets{0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77,
                                          0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF};
constexpr std::string_view kPath[] = {"acme", "42"};
constexpr std::string_view kRequest[] = {"a\nb"};

TemplateInput input() {
  return {.alg = "HS256",
          .kid = "k1",
          .token = "t.t.t",
          .client_id = "Cl\"ient",
          .subject = "s<&>'\"",
          .scope = "a.read b.read",
          .audience = "urn:demo",
          .issuer = "https://i.example",
          .tenant = "default",
          .jti = "ABEiM0RVZneImaq7zN3u_w",
          .error = "invalid_client",
          .error_description = "no",
          .issued_at = 1722929516,
          .expires_at = 1723015916,
          .lifetime_s = 86400,
          .status = 401,
          .key_id = kOctets,
          .client_key = kOctets,
          .tenant_key = kOctets,
          .path = kPath,
          .request = kRequest};
}

std::string rendered(std::string_view text, TemplateSyntax syntax, TemplatePlace place = TemplatePlace::kSuccess) {
  const auto compiled = compile(text, syntax, place);
  if (!compiled) return "ERROR: " + compiled.error();
  std::array<char, 1024> out;
  return {out.data(), compiled->render(input(), out)};
}

struct Rendering {
  const char* text;
  const char* gives;
  TemplateSyntax syntax = TemplateSyntax::kJson;
  TemplatePlace place = TemplatePlace::kSuccess;
};

class RenderTest : public testing::TestWithParam<Rendering> {};

TEST_P(RenderTest, Gives) {
  EXPECT_EQ(rendered(GetParam().text, GetParam().syntax, GetParam().place), GetParam().gives);
}

INSTANTIATE_TEST_SUITE_P(
    Values, RenderTest,
    testing::Values(
        Rendering{R"("${alg} ${kid} ${token}")", R"("HS256 k1 t.t.t")"},
        Rendering{R"(["${client_id}","${subject}"])", R"(["Cl\"ient","s<&>'\""])"},
        Rendering{R"([${issued_at},${expires_at},${lifetime_s},${status}])", "[1722929516,1723015916,86400,401]"},
        Rendering{R"("${issued_at}")", R"("1722929516")"},
        Rendering{R"({"scope":"${scope}","all":${scopes}})", R"({"scope":"a.read b.read","all":["a.read","b.read"]})"},
        Rendering{R"("${audience} ${issuer} ${tenant}")", R"("urn:demo https://i.example default")"},
        Rendering{R"("${path.org}/${path.id}")", R"("acme/42")"}, Rendering{R"("${request.p}")", R"("a\nb")"},
        Rendering{R"("${error}: ${error_description}, ${status}")", R"("invalid_client: no, 401")",
                  TemplateSyntax::kJson, TemplatePlace::kError},
        Rendering{R"({"alg":"${alg}","kid":"${kid}"})", R"({"alg":"HS256","kid":"k1"})", TemplateSyntax::kJson,
                  TemplatePlace::kHeader},
        Rendering{R"("$$${tenant}$$")", R"("$default$")"},
        Rendering{R"({"a":"b\"${tenant}"})", R"({"a":"b\"default"})"}));

INSTANTIATE_TEST_SUITE_P(
    Filters, RenderTest,
    testing::Values(Rendering{R"("${client_id|base64}")", R"("Q2wiaWVudA==")"},
                    Rendering{R"("${client_id|base64url}")", R"("Q2wiaWVudA")"},
                    Rendering{R"("${client_id|lower}${client_id|upper}")", R"("cl\"ientCL\"IENT")"},
                    Rendering{R"("${key_id|hex}")", R"("00112233445566778899aabbccddeeff")"},
                    Rendering{R"("${client_key|hex24}")", R"("00112233445566778899aabb")"},
                    Rendering{R"("${tenant_key|uuid}")", R"("00112233-4455-6677-8899-aabbccddeeff")"},
                    Rendering{R"("${jti}")", R"("ABEiM0RVZneImaq7zN3u_w")"},
                    Rendering{R"("${jti|hex} ${jti|uuid}")",
                              R"("00112233445566778899aabbccddeeff 00112233-4455-6677-8899-aabbccddeeff")"},
                    Rendering{R"("${expires_at|iso8601}")", R"("2024-08-07T07:31:56Z")"},
                    Rendering{R"(${expires_at|ms})", "1723015916000"}));

INSTANTIATE_TEST_SUITE_P(
    Escapes, RenderTest,
    testing::Values(Rendering{"<a b='${subject}'>${request.p}</a>", "<a b='s&lt;&amp;&gt;&#39;&quot;'>a&#10;b</a>",
                              TemplateSyntax::kXml},
                    Rendering{"id=${subject}&p=${request.p}&b=${client_id|base64}",
                              "id=s%3C%26%3E%27%22&p=a%0Ab&b=Q2wiaWVudA%3D%3D", TemplateSyntax::kForm},
                    Rendering{"Bearer ${token}; x=${request.p}%", "Bearer t.t.t; x=a%0Ab%",
                              TemplateSyntax::kHeaderValue},
                    Rendering{"token: ${token}\n${subject|base64}", "token: t.t.t\nczwmPici", TemplateSyntax::kText}));

TEST(TemplateTest, ControlCharactersOfEveryKindAreEscapedInJson) {
  const auto compiled = compile(R"("${subject}")");
  ASSERT_TRUE(compiled.has_value()) << compiled.error();
  std::array<char, 64> out;
  const std::string_view text("\b\f\n\r\t\x01\\\x1F", 8);
  EXPECT_EQ(std::string_view(out.data(), compiled->render({.subject = text}, out)), R"("\b\f\n\r\t\u0001\\\u001f")");
}

TEST(TemplateTest, AControlCharacterThatXmlHasNotIsReplaced) {
  const auto compiled = compile("${subject}", TemplateSyntax::kXml);
  ASSERT_TRUE(compiled.has_value());
  std::array<char, 64> out;
  EXPECT_EQ(std::string_view(out.data(), compiled->render({.subject = "\x01"}, out)), "&#xFFFD;");
}

TEST(TemplateTest, FiltersOfLongTextsWorkPieceByPiece) {
  const auto compiled = compile(R"("${subject|base64}")");
  ASSERT_TRUE(compiled.has_value());
  const std::string text(100, 'M');  // 33 groups and one octet
  std::string groups;
  for (int i = 0; i < 33; ++i) groups += "TU1N";
  std::array<char, 256> out;
  EXPECT_EQ(std::string_view(out.data(), compiled->render({.subject = text}, out)), "\"" + groups + "TQ==\"");
}

TEST(TemplateTest, MissingCapturesAndParametersAreEmpty) {
  const auto compiled = compile(R"("${path.org}${request.x}")");
  ASSERT_TRUE(compiled.has_value());
  std::array<char, 8> out;
  EXPECT_EQ(std::string_view(out.data(), compiled->render({}, out)), R"("")");
}

TEST(TemplateTest, AJtiOfAnotherFormIsNothingBehindAFilter) {
  const auto compiled = compile(R"("${jti|hex}")");
  ASSERT_TRUE(compiled.has_value());
  std::array<char, 64> out;
  for (const char* jti : {"", "short", "ABEiM0RVZneImaq7zN3u_x", "ABEiM0RVZneImaq7zN3u!w"})
    EXPECT_EQ(std::string_view(out.data(), compiled->render({.jti = jti}, out)), R"("")") << jti;
}

TEST(TemplateTest, TimesOutsideOfFourDigitYearsStayWellFormed) {
  const auto compiled = compile(R"(["${expires_at|iso8601}",${expires_at|ms}])");
  ASSERT_TRUE(compiled.has_value());
  std::array<char, 64> out;
  EXPECT_EQ(std::string_view(out.data(), compiled->render({.expires_at = INT64_MAX}, out)),
            R"(["9999-12-31T23:59:59Z",9000000000000000])");
  EXPECT_EQ(std::string_view(out.data(), compiled->render({.expires_at = 0}, out)), R"(["1970-01-01T00:00:00Z",0])");
}

TEST(TemplateTest, SpacesTooManyMakeNoEmptyScope) {
  const auto compiled = compile("${scopes}");
  ASSERT_TRUE(compiled.has_value());
  std::array<char, 64> out;
  EXPECT_EQ(std::string_view(out.data(), compiled->render({.scope = " a  b "}, out)), R"(["a","b"])");
  EXPECT_EQ(std::string_view(out.data(), compiled->render({}, out)), "[]");
}

// Every size below the needed one is refused, whichever part it cuts.
TEST(TemplateTest, ABufferThatIsTooSmallGivesNothing) {
  const auto compiled =
      compile(R"({"a":"${client_id}","b":${scopes},"c":"${key_id|uuid}","d":${issued_at},"e":"${subject|base64}"})");
  ASSERT_TRUE(compiled.has_value()) << compiled.error();
  std::array<char, 512> out;
  const size_t size = compiled->render(input(), out);
  ASSERT_GT(size, 0u);
  for (size_t room = 0; room < size; ++room) {
    std::string tight(room, '\0');
    EXPECT_EQ(compiled->render(input(), tight), 0u) << room;
  }
  std::string exact(size, '\0');
  EXPECT_EQ(compiled->render(input(), exact), size);
}

TEST(TemplateTest, FoldingRendersWhatIsKnownAndKeepsTheRest) {
  const auto compiled =
      compile(R"({"a":"${error}","b":"${path.org}","c":${status}})", TemplateSyntax::kJson, TemplatePlace::kError);
  ASSERT_TRUE(compiled.has_value()) << compiled.error();
  const uint32_t known =
      1U << static_cast<unsigned>(TemplateValue::kError) | 1U << static_cast<unsigned>(TemplateValue::kStatus);
  const Template folded = fold(*compiled, {.error = "a\"b", .status = 400}, known);
  EXPECT_FALSE(folded.is_literal());
  EXPECT_EQ(folded.parts().size(), 3u);
  std::array<char, 64> out;
  EXPECT_EQ(std::string_view(out.data(), folded.render({.path = kPath}, out)), R"({"a":"a\"b","b":"acme","c":400})");
  const Template all = fold(folded, {}, UINT32_MAX);
  EXPECT_EQ(all.literal(), R"({"a":"a\"b","b":"","c":400})");
}

TEST(TemplateTest, FoldingHasRoomForTheLongestEscapes) {
  const auto compiled = compile("${error_description}", TemplateSyntax::kXml, TemplatePlace::kError);
  ASSERT_TRUE(compiled.has_value());
  const std::string text(200, '\x01');
  EXPECT_EQ(fold(*compiled, {.error_description = text}, UINT32_MAX).literal().size(), 200 * 8u);
}

TEST(TemplateTest, TheEmptyTextIsNoPlaceholder) {
  const auto compiled = compile("", TemplateSyntax::kText);
  ASSERT_TRUE(compiled.has_value());
  EXPECT_TRUE(compiled->empty());
  EXPECT_TRUE(compiled->is_literal());
  EXPECT_EQ(compiled->literal(), "");
}

struct Refusal {
  const char* text;
  const char* error;  // part of it
  TemplateSyntax syntax = TemplateSyntax::kJson;
  TemplatePlace place = TemplatePlace::kSuccess;
  uint32_t captures_here = UINT32_MAX;
};

class CompileTest : public testing::TestWithParam<Refusal> {};

TEST_P(CompileTest, Refuses) {
  const Refusal& refusal = GetParam();
  const auto compiled = compile(refusal.text, refusal.syntax, refusal.place, refusal.captures_here);
  ASSERT_FALSE(compiled.has_value());
  EXPECT_NE(compiled.error().find(refusal.error), std::string::npos) << compiled.error();
}

INSTANTIATE_TEST_SUITE_P(
    Syntax, CompileTest,
    testing::Values(
        Refusal{R"("${token")", "has no \"}\""}, Refusal{R"("$token")", "is written $$"},
        Refusal{R"("a$")", "is written $$"}, Refusal{R"("${}")", "${} is no value"},
        Refusal{R"("${tokn}")", "did you mean ${token}?"}, Refusal{R"("${ token}")", "did you mean ${token}?"},
        Refusal{R"("${token|}")", "there is no such filter of token"},
        Refusal{R"("${token|bse64}")", "did you mean \"base64\"? (allowed: base64, base64url, lower, upper)"},
        Refusal{R"("${token|lower|base64}")", "there is no such filter"},
        Refusal{R"("${token|hex}")", "this is no filter of token"},
        Refusal{R"("${key_id|base64}")", "(allowed: hex, hex24, uuid)"},
        Refusal{R"("${key_id}")", "say how they are written, as ${key_id|hex}"},
        Refusal{R"("${jti|ms}")", "this is no filter of jti"},
        Refusal{"${lifetime_s|ms}", "${lifetime_s} takes no filter"},
        Refusal{"${scopes|base64}", "${scopes} takes no filter"}, Refusal{R"("${path.}")", "no path here has {}"},
        Refusal{R"("${path.orq}")", "did you mean ${path.org}?"},
        Refusal{R"("${path.id}")", "did you mean ${path.org}?", TemplateSyntax::kJson, TemplatePlace::kSuccess, 1},
        Refusal{R"("${path.id}")", "no path here captures anything", TemplateSyntax::kJson, TemplatePlace::kSuccess, 0},
        Refusal{R"("${request.}")", "has 1 to 64 visible ASCII characters"},
        Refusal{R"("${request.a b}")", "has 1 to 64 visible ASCII characters"}));

INSTANTIATE_TEST_SUITE_P(
    Places, CompileTest,
    testing::Values(Refusal{R"("${error}")", "has no value here (allowed: alg, kid, token"},
                    Refusal{R"("${error_description}")", "has no value here"},
                    Refusal{R"("${token}")", "has no value here", TemplateSyntax::kJson, TemplatePlace::kClaims},
                    Refusal{"${status}", "has no value here", TemplateSyntax::kJson, TemplatePlace::kClaims},
                    Refusal{R"("${client_id}")", "(allowed: alg, kid)", TemplateSyntax::kJson, TemplatePlace::kHeader},
                    Refusal{R"("${token}")", "(allowed: error, error_description, status, path.NAME)",
                            TemplateSyntax::kJson, TemplatePlace::kError},
                    Refusal{R"("${request.a}")", "has no value here", TemplateSyntax::kJson, TemplatePlace::kError}));

INSTANTIATE_TEST_SUITE_P(
    Json, CompileTest,
    testing::Values(Refusal{R"({"a":${client_id}})", "is text: put it in quotes"},
                    Refusal{R"({"a":${key_id|hex}})", "is text: put it in quotes"},
                    Refusal{R"({"a":${issued_at|iso8601}})", "is text: put it in quotes"},
                    Refusal{R"({"a":"${scopes}"})", "is JSON: take the quotes away"},
                    Refusal{R"({"${client_id}":1})", "in the name of a member"},
                    Refusal{R"({"x${client_id}y" : 1})", "in the name of a member"},
                    Refusal{R"("\${client_id}")", "stands behind a \"\\\""},
                    Refusal{R"("\u00${client_id}")", "not JSON"}, Refusal{R"({"a":1,"a":2})", "duplicate member"},
                    Refusal{R"({"a":1)", "not JSON"}, Refusal{R"({"a":1}})", "text after the value"},
                    Refusal{"{'a':1}", "not JSON"}, Refusal{R"({"a":1,})", "not JSON"},
                    Refusal{R"([0${status}])", "not JSON"}, Refusal{"[[[[[[[[[1]]]]]]]]]", "nested too deep"},
                    Refusal{R"("${client_id}" 1)", "text after the value"}, Refusal{" ", "not JSON"}));

INSTANTIATE_TEST_SUITE_P(
    OtherSyntax, CompileTest,
    testing::Values(Refusal{"${scopes}", "is JSON, and this is not", TemplateSyntax::kXml},
                    Refusal{"${scopes}", "is JSON, and this is not", TemplateSyntax::kHeaderValue},
                    Refusal{"${subject}", "may hold control characters", TemplateSyntax::kText},
                    Refusal{"${request.p|lower}", "may hold control characters", TemplateSyntax::kText},
                    Refusal{"a\nb", "visible ASCII and spaces", TemplateSyntax::kHeaderValue},
                    Refusal{"a\tb", "visible ASCII and spaces", TemplateSyntax::kHeaderValue},
                    Refusal{"\xC3\xA9", "visible ASCII and spaces", TemplateSyntax::kHeaderValue},
                    Refusal{" a", "neither begins nor ends with a space", TemplateSyntax::kHeaderValue},
                    Refusal{"a ", "neither begins nor ends with a space", TemplateSyntax::kHeaderValue}));

TEST(CompileTest, ATemplateIsAtMost8KiB) {
  EXPECT_TRUE(compile(std::string(8 * 1024, 'x'), TemplateSyntax::kText).has_value());
  const auto compiled = compile(std::string(8 * 1024 + 1, 'x'), TemplateSyntax::kText);
  ASSERT_FALSE(compiled.has_value());
  EXPECT_EQ(compiled.error(), "a template has at most 8192 octets, not 8193");
}

TEST(CompileTest, ADialectUsesABoundedNumberOfParameters) {
  std::vector<std::string> requests;
  std::string text = "\"";
  for (size_t i = 0; i < kRequestNamesMax; ++i) text += "${request.p" + std::to_string(i) + "}";
  EXPECT_TRUE(compile_template(text + "\"", {.requests = &requests}).has_value());
  EXPECT_TRUE(compile_template(text + "${request.p0}\"", {.requests = &requests}).has_value()) << "known already";
  const auto compiled = compile_template(text + "${request.more}\"", {.requests = &requests});
  ASSERT_FALSE(compiled.has_value());
  EXPECT_EQ(compiled.error(), "${request.more} is one parameter too many; a dialect may use 16");
}

TEST(CompileTest, ValuesThatHaveNoneInOneCaseAreRefusedWithTheReason) {
  const auto compiled = compile_template(
      "\"${token}\"", {.refused_values = 1U << static_cast<unsigned>(TemplateValue::kToken), .refused_reason = "why"});
  ASSERT_FALSE(compiled.has_value());
  EXPECT_EQ(compiled.error(), "${token} has no value here: why");
}

TEST(TemplateSyntaxTest, GoesByTheContentType) {
  EXPECT_EQ(template_syntax("application/json"), TemplateSyntax::kJson);
  EXPECT_EQ(template_syntax("application/*+JSON;version=37.0"), TemplateSyntax::kJson);
  EXPECT_EQ(template_syntax("application/vnd.vmware.vcloud.orgList+xml"), TemplateSyntax::kXml);
  EXPECT_EQ(template_syntax("text/html; charset=utf-8"), TemplateSyntax::kXml);
  EXPECT_EQ(template_syntax("application/x-www-form-urlencoded"), TemplateSyntax::kForm);
  EXPECT_EQ(template_syntax("text/plain"), TemplateSyntax::kText);
  EXPECT_EQ(template_syntax(""), TemplateSyntax::kText);
}

}  // namespace
}  // namespace signet
