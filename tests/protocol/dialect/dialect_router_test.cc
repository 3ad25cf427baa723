// Paths of dialects: what they may be, what they match, and what two endpoints may not share.
#include "protocol/dialect/dialect_router.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace signet {
namespace {

DialectEndpoint endpoint(std::string name, std::vector<std::string> paths, DialectMethods methods,
                         std::vector<std::string>& captures) {
  DialectEndpoint out;
  out.name = std::move(name);
  out.methods = methods;
  for (const std::string& text : paths) {
    auto path = parse_dialect_path(text, captures);
    EXPECT_TRUE(path.has_value()) << text;
    if (path) out.paths.push_back(*std::move(path));
  }
  return out;
}

constexpr DialectMethods kGet{.bits = static_cast<uint8_t>(DialectMethod::kGet)};
constexpr DialectMethods kPost{.bits = static_cast<uint8_t>(DialectMethod::kPost)};
constexpr DialectMethods kDelete{.bits = static_cast<uint8_t>(DialectMethod::kDelete)};
constexpr DialectMethods kAny{.any = true};

// Two dialects with every kind of path.
class RouterTest : public testing::Test {
 protected:
  RouterTest() {
    a_.name = "a";
    auto& names = a_.capture_names;
    a_.endpoints.push_back(endpoint("token", {"/oauth/tenant/{tenant}/token", "/oauth/provider/token"}, kPost, names));
    a_.endpoints.push_back(endpoint("list", {"/api/tokens"}, kGet, names));
    a_.endpoints.back().trailing_slash = true;
    a_.endpoints.push_back(endpoint("show", {"/api/tokens/{urn}"}, kGet, names));
    a_.endpoints.push_back(endpoint("remove", {"/api/tokens/{id}"}, kDelete, names));
    a_.endpoints.push_back(endpoint("make", {"/api/tokens/new"}, kPost, names));
    b_.name = "b";
    b_.endpoints.push_back(endpoint("generate", {"/api/generate"}, kPost, b_.capture_names));
    b_.endpoints.back().double_slashes = true;
    b_.endpoints.push_back(endpoint("base", {"/{base}/generate2"}, kAny, b_.capture_names));
    b_.endpoints.push_back(endpoint("root", {"/"}, kGet, b_.capture_names));
    auto built = DialectRouter::build(std::array<const Dialect*, 2>{&a_, &b_});
    EXPECT_TRUE(built.has_value());
    if (built) router_ = *std::move(built);
  }

  DialectMatch match(std::string_view method, std::string_view path) {
    return router_.match(method, path, scratch_, captures_);
  }
  // The name of the endpoint; "405 ALLOW", or "404".
  std::string found(std::string_view method, std::string_view path) {
    const DialectMatch match = this->match(method, path);
    if (match.kind == DialectMatchKind::kNoPath) return "404";
    if (match.kind == DialectMatchKind::kOtherMethod) return "405 " + std::string(match.allow);
    return match.endpoint->name;
  }

  Dialect a_, b_;
  DialectRouter router_;
  std::array<char, 256> scratch_;
  DialectCaptures captures_;
};

TEST_F(RouterTest, FindsEndpointsOfAllDialects) {
  EXPECT_EQ(found("POST", "/oauth/tenant/acme/token"), "token");
  EXPECT_EQ(captures_.tenant, "acme");
  EXPECT_EQ(found("POST", "/oauth/provider/token"), "token");
  EXPECT_EQ(captures_.tenant, "");
  const DialectMatch match = this->match("POST", "/api/generate");
  EXPECT_EQ(match.dialect, &b_);
  EXPECT_EQ(found("GET", "/"), "root");
  EXPECT_EQ(found("HEAD", "/api/tokens"), "list") << "HEAD goes with GET";
}

TEST_F(RouterTest, ALiteralAndACaptureOfOnePathShareItByMethod) {
  EXPECT_EQ(found("GET", "/api/tokens/new"), "show");
  EXPECT_EQ(captures_.values[1], "new");
  EXPECT_EQ(found("POST", "/api/tokens/new"), "make");
  EXPECT_EQ(found("DELETE", "/api/tokens/x"), "remove");
  EXPECT_EQ(captures_.values[2], "x") << "the index is that of {id}, not of {urn}";
  EXPECT_EQ(captures_.values[1], "");
}

TEST_F(RouterTest, TellsAnotherMethodFromNoPath) {
  EXPECT_EQ(found("PUT", "/api/tokens/new"), "405 GET, HEAD, POST, DELETE");
  EXPECT_EQ(found("PUT", "/api/tokens/x"), "405 GET, HEAD, DELETE");
  EXPECT_EQ(found("POST", "/api/tokens"), "405 GET, HEAD");
  EXPECT_EQ(found("HEAD", "/api/generate"), "405 POST");
  EXPECT_EQ(found("post", "/api/generate"), "405 POST") << "methods have a case";
  EXPECT_EQ(found("BREW", "/x/generate2"), "base") << "any method";
  EXPECT_EQ(match("PUT", "/oauth/tenant/acme/token").endpoint->name, "token") << "whose error row answers";
  EXPECT_EQ(captures_.tenant, "acme");
}

TEST_F(RouterTest, ToleratesOnlyWhatTheEndpointDoes) {
  EXPECT_EQ(found("GET", "/api/tokens/"), "list");
  EXPECT_EQ(found("POST", "/api/generate/"), "404");
  EXPECT_EQ(found("POST", "//api/generate"), "generate");
  EXPECT_EQ(found("POST", "//api///generate"), "generate");
  EXPECT_EQ(found("POST", "//api/generate/"), "404");
  EXPECT_EQ(found("GET", "//api/tokens"), "404");
  EXPECT_EQ(found("GET", "/api/tokens//"), "404") << "one slash more, not two";
  EXPECT_EQ(found("GET", "//"), "404");
}

TEST_F(RouterTest, MatchesNothingElse) {
  for (const char* path : {"", "api/tokens", "/api", "/api/token", "/api/tokens/a/b", "/API/tokens",
                           "/oauth/tenant/token", "/oauth/tenant//token", "/%61pi/tokens", "/api/tokens?x",
                           "/api/tokens/a/../b", "/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r", "*"})
    EXPECT_EQ(found("GET", path), "404") << path;
}

TEST_F(RouterTest, SignetsOwnPathsAreNeverTaken) {
  EXPECT_EQ(found("GET", "/x/generate2"), "base");
  for (const char* path : {"/oauth2/generate2", "//oauth2/generate2", "/.well-known/generate2", "/verify/generate2",
                           "/t/generate2", "/healthz/generate2", "/readyz/generate2"})
    EXPECT_EQ(found("GET", path), "404") << path;
}

TEST_F(RouterTest, CapturesAreDecoded) {
  EXPECT_EQ(found("GET", "/api/tokens/urn%3Avcloud%3atoken%2F1"), "show");
  EXPECT_EQ(captures_.values[1], "urn:vcloud:token/1");
  EXPECT_EQ(found("GET", "/api/tokens/user@domain+x"), "show");
  EXPECT_EQ(captures_.values[1], "user@domain+x") << "a plus is a plus in a path";
  EXPECT_EQ(found("GET", "/api/tokens/%E1%BB%87"), "show");
  EXPECT_EQ(captures_.values[1], "ệ");
}

TEST_F(RouterTest, CapturesThatDecodeToNoTextAreNoPath) {
  for (const char* path : {"/api/tokens/%", "/api/tokens/%4", "/api/tokens/%zz", "/api/tokens/a%0Ab", "/api/tokens/%00",
                           "/api/tokens/%7F", "/api/tokens/%C3", "/api/tokens/\xC3", "/api/tokens/a\x01"})
    EXPECT_EQ(found("GET", path), "404") << path;
  EXPECT_EQ(captures_.values[1], "");
}

TEST_F(RouterTest, ScratchThatIsTooSmallMakesThePathNone) {
  const std::string_view path = "/api/tokens/%41%42";
  EXPECT_EQ(router_.match("GET", path, std::span(scratch_).first(1), captures_).kind, DialectMatchKind::kNoPath);
  EXPECT_EQ(router_.match("GET", path, std::span(scratch_).first(2), captures_).kind, DialectMatchKind::kEndpoint);
  EXPECT_EQ(router_.match("GET", "/api/tokens/ab", {}, captures_).kind, DialectMatchKind::kEndpoint);
}

TEST(EmptyRouterTest, MatchesNothing) {
  DialectCaptures captures;
  EXPECT_EQ(DialectRouter().match("GET", "/", {}, captures).kind, DialectMatchKind::kNoPath);
  const auto built = DialectRouter::build({});
  ASSERT_TRUE(built.has_value());
  EXPECT_EQ(built->match("GET", "/", {}, captures).kind, DialectMatchKind::kNoPath);
}

std::vector<std::string> conflicts(const char* a_path, DialectMethods a_methods, const char* b_path,
                                   DialectMethods b_methods, const char* b_name = "b") {
  Dialect a, b;
  a.name = "a";
  b.name = b_name;
  a.endpoints.push_back(endpoint("one", {a_path}, a_methods, a.capture_names));
  b.endpoints.push_back(endpoint("two", {b_path}, b_methods, b.capture_names));
  const auto built = DialectRouter::build(std::array<const Dialect*, 2>{&a, &b});
  return built ? std::vector<std::string>{} : built.error();
}

TEST(ConflictTest, NamesBothEndpoints) {
  EXPECT_EQ(conflicts("/x/y", kGet, "/x/y", kGet),
            std::vector<std::string>{"endpoint \"one\" of dialect \"a\" (/x/y) and endpoint \"two\" of dialect \"b\" "
                                     "(/x/y) take the same requests"});
}

TEST(ConflictTest, IsWhatSomeRequestWouldMeet) {
  EXPECT_EQ(conflicts("/x/{y}", kGet, "/x/z", kGet).size(), 1u);
  EXPECT_EQ(conflicts("/x/z", kGet, "/x/{y}", kGet).size(), 1u);
  EXPECT_EQ(conflicts("/x/{y}", kGet, "/{z}/y", kGet).size(), 1u);
  EXPECT_EQ(conflicts("/x", kAny, "/x", kPost).size(), 1u);
  EXPECT_EQ(conflicts("/{tenant}", kPost, "/{other}", kPost).size(), 1u);
  EXPECT_EQ(conflicts("/", kPost, "/", kPost).size(), 1u);
}

TEST(ConflictTest, IsNothingElse) {
  EXPECT_TRUE(conflicts("/x", kGet, "/x", kPost).empty());
  EXPECT_TRUE(conflicts("/x/{y}", kGet, "/x", kGet).empty());
  EXPECT_TRUE(conflicts("/x/{y}", kGet, "/z/{y}", kGet).empty());
}

TEST(ConflictTest, TwoDialectsOfOneNameAre) {
  EXPECT_EQ(conflicts("/x", kGet, "/y", kGet, "a"), std::vector<std::string>{"two dialects are named \"a\""});
}

struct BadPath {
  const char* text;
  const char* error;
};

class BadPathTest : public testing::TestWithParam<BadPath> {};

TEST_P(BadPathTest, IsRefused) {
  std::vector<std::string> captures;
  const auto path = parse_dialect_path(GetParam().text, captures);
  ASSERT_FALSE(path.has_value());
  EXPECT_NE(path.error().find(GetParam().error), std::string::npos) << path.error();
}

INSTANTIATE_TEST_SUITE_P(
    All, BadPathTest,
    testing::Values(BadPath{"", "begins with \"/\""}, BadPath{"a/b", "begins with \"/\""},
                    BadPath{"//a", "an empty segment"}, BadPath{"/a//b", "an empty segment"},
                    BadPath{"/a/", "an empty segment"}, BadPath{"/a/../b", "\"..\" is not allowed"},
                    BadPath{"/./b", "\".\" is not allowed"}, BadPath{"/a b", "neither literal"},
                    BadPath{"/a?b", "neither literal"}, BadPath{"/a#b", "neither literal"},
                    BadPath{"/a%41", "neither literal"}, BadPath{"/\xC3\xA9", "neither literal"},
                    BadPath{"/a{b}", "nor one whole {NAME}"}, BadPath{"/{a}b", "neither literal"},
                    BadPath{"/{a", "neither literal"}, BadPath{"/{}", "names no capture"},
                    BadPath{"/{A}", "names no capture"}, BadPath{"/{a-b}", "names no capture"},
                    BadPath{"/{a}/{a}", "stands twice in one path"},
                    BadPath{"/oauth2/x", "below /oauth2 are Signet's own"}, BadPath{"/verify", "are Signet's own"},
                    BadPath{"/t/x", "are Signet's own"}, BadPath{"/.well-known/x", "are Signet's own"},
                    BadPath{"/healthz", "are Signet's own"}, BadPath{"/readyz", "are Signet's own"},
                    BadPath{"/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17", "at most 16 segments"}));

TEST(PathTest, ALongPathIsRefused) {
  std::vector<std::string> captures;
  EXPECT_FALSE(parse_dialect_path("/" + std::string(512, 'a'), captures).has_value());
  EXPECT_TRUE(parse_dialect_path("/" + std::string(511, 'a'), captures).has_value());
}

TEST(PathTest, ADialectHasABoundedNumberOfCaptures) {
  std::vector<std::string> captures;
  for (size_t i = 0; i < kCaptureNamesMax; ++i)
    EXPECT_TRUE(parse_dialect_path("/{c" + std::to_string(i) + "}", captures).has_value());
  EXPECT_TRUE(parse_dialect_path("/{c0}", captures).has_value());
  const auto path = parse_dialect_path("/{more}", captures);
  ASSERT_FALSE(path.has_value());
  EXPECT_EQ(path.error(), "{more} is one capture too many; a dialect may have 16 different ones");
}

TEST(AllowTest, NamesMethodsInOneOrder) {
  EXPECT_EQ(allow_text({}), "");
  EXPECT_EQ(allow_text({.bits = 63}), "GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS");
  EXPECT_FALSE(find_dialect_method("HEAD").has_value());
  EXPECT_FALSE(find_dialect_method("get").has_value());
}

}  // namespace
}  // namespace signet
