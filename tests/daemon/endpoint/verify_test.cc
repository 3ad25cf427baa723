// /verify for reverse proxies: what passes, with which fields, and everything that must not.
#include <gtest/gtest.h>

#include "daemon/endpoint/verify_query.h"
#include "tests/daemon/endpoint/check_fixture.h"

namespace signet {
namespace {

class VerifyTest : public CheckFixture {
 protected:
  int ask(std::string_view authorization, std::string_view query = "audience=urn:a", std::string_view path = "/verify",
          http::Method method = http::Method::kGet) {
    http::Request request;
    request.method = method;
    request.path = path;
    request.query = query;
    request.has_query = true;
    if (!authorization.empty()) request.authorization = authorization;
    responder_.status = 0;
    service_->on_request(request, responder_);
    drain();
    return responder_.status;
  }
  static std::string bearer(std::string_view token) { return "Bearer " + std::string(token); }
  bool has_field(std::string_view line) const {
    return ("\r\n" + responder_.fields).find("\r\n" + std::string(line) + "\r\n") != std::string::npos;
  }
};

TEST_F(VerifyTest, PassesWithTheFieldsOfTheToken) {
  const std::string one = token({.subject = "robot-7"});
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(ask(bearer(one)), 200);
    EXPECT_TRUE(responder_.body.empty());
    EXPECT_TRUE(has_field("X-Signet-Client: c"));
    EXPECT_TRUE(has_field("X-Signet-Subject: robot-7"));
    EXPECT_TRUE(has_field("X-Signet-Scope: a.read%20b.read"));
    EXPECT_TRUE(has_field("X-Signet-Expires: 1800000900"));
    EXPECT_TRUE(has_field("Cache-Control: no-store"));
  }
  EXPECT_EQ(metrics_.verify_cache_hits.read(), 1u);
}

TEST_F(VerifyTest, ASubjectCannotBreakOutOfItsField) {
  EXPECT_EQ(ask(bearer(token({.subject = "a\r\nX-Signet-Client: root\r\n\r\n%41\xC3\xB6"}))), 200);
  EXPECT_TRUE(has_field("X-Signet-Subject: a%0D%0AX-Signet-Client:%20root%0D%0A%0D%0A%2541%C3%B6"));
  EXPECT_TRUE(has_field("X-Signet-Client: c"));
}

TEST_F(VerifyTest, WorksForEveryMethodAndPathBelow) {
  const std::string one = bearer(token());
  for (const http::Method method : {http::Method::kGet, http::Method::kHead, http::Method::kPost, http::Method::kPut,
                                    http::Method::kDelete, http::Method::kOptions, http::Method::kOther}) {
    EXPECT_EQ(ask(one, "audience=urn:a", "/verify", method), 200);
  }
  EXPECT_EQ(ask(one, "audience=urn:a", "/verify/"), 200);
  EXPECT_EQ(ask(one, "audience=urn:a", "/verify/orders/7"), 200);
  EXPECT_EQ(ask(one, "audience=urn:a", "/verifyx"), 404);
  EXPECT_EQ(ask(one, "audience=urn:a", "/t/none/verify"), 404);
}

TEST_F(VerifyTest, WithoutAnAudienceNothingPasses) {
  const std::string one = bearer(token());
  for (const std::string_view query :
       {"", "audience", "audience=", "scope=a.read", "Audience=urn:a", "x=audience=urn:a"}) {
    EXPECT_EQ(ask(one, query), 400) << query;
    EXPECT_FALSE(responder_.body.empty()) << "an operator reads why";
  }
}

TEST_F(VerifyTest, ARequestCannotChooseItsOwnAudience) {
  const std::string other = bearer(token({.audience = {"urn:b"}}));
  EXPECT_EQ(ask(other), 401);
  for (const std::string_view query :
       {"audience=urn:a&path=/x?audience=urn:b&audience=urn:b", "audience=urn:a&audience=urn:b",
        "audience=urn:a&%61udience=urn:b", "audience=urn:a&audience", "audience=urn:b&audience=urn:a"}) {
    EXPECT_EQ(ask(other, query), 400) << query;
  }
  EXPECT_EQ(ask(other, "audience=urn:a&path=/x?audience=urn:b"), 401) << "part of another parameter's value";
}

TEST_F(VerifyTest, ThereIsNoDialectYet) {
  EXPECT_EQ(ask(bearer(token()), "dialect=vietqr"), 404);
  EXPECT_NE(responder_.body.find("no such dialect"), std::string::npos);
  EXPECT_EQ(ask(bearer(token()), "audience=urn:a&dialect=vietqr"), 404);
}

TEST_F(VerifyTest, EveryScopeThatIsAskedForMustBeThere) {
  const std::string one = bearer(token());
  EXPECT_EQ(ask(one, "audience=urn:a&scope=a.read"), 200);
  EXPECT_EQ(ask(one, "audience=urn:a&scope=b.read+a.read"), 200);
  EXPECT_EQ(ask(one, "audience=urn:a&scope=a.read%20a.write"), 403);
  EXPECT_TRUE(
      has_field(R"(WWW-Authenticate: Bearer realm="signet", error="insufficient_scope", scope="a.read a.write")"));
  EXPECT_EQ(responder_.fields.find("X-Signet-"), std::string::npos);
  EXPECT_EQ(ask(one, "audience=urn:a&scope=a"), 403) << "no prefix";
  EXPECT_EQ(ask(bearer(token({.scope = ""})), "audience=urn:a&scope=a.read"), 403);
  EXPECT_EQ(ask(one, "audience=urn:a&scope=a%22b"), 400);
  EXPECT_EQ(ask(one, "audience=urn:a&scope=a.read++b.read"), 400);
}

TEST_F(VerifyTest, ChallengesByTheRules) {
  for (const std::string_view nothing : {"", "Basic YTpi", "Bearer", "Bearer ", "BearerX abc", "Bearer\tabc"}) {
    EXPECT_EQ(ask(nothing), 401) << nothing;
    EXPECT_TRUE(has_field(R"(WWW-Authenticate: Bearer realm="signet")")) << nothing;  // RFC 6750 3.1: no error code
  }
  for (const std::string_view bad : {"Bearer x", "bearer a.b.c", "Bearer a b"}) {
    EXPECT_EQ(ask(bad), 401) << bad;
    EXPECT_TRUE(has_field(R"(WWW-Authenticate: Bearer realm="signet", error="invalid_token")")) << bad;
  }
}

TEST_F(VerifyTest, TheSchemeIsCaseInsensitiveAndOneHeaderIsOne) {
  const std::string one = token();
  EXPECT_EQ(ask("bEARER " + one), 200);
  EXPECT_EQ(ask("Bearer   " + one), 200);
  const std::string authorization = bearer(one);
  http::Request request;
  request.path = "/verify";
  request.query = "audience=urn:a";
  request.has_query = true;
  request.authorization = authorization;
  request.repeated_authorization = true;
  service_->on_request(request, responder_);
  EXPECT_EQ(responder_.status, 401);
}

TEST_F(VerifyTest, NoBadTokenPasses) {
  const std::string good = token();
  EXPECT_EQ(ask(bearer(good)), 200);
  std::string forged = good;
  forged[forged.rfind('.') + 1] ^= 1;
  EXPECT_EQ(ask(bearer(forged)), 401);
  EXPECT_EQ(ask(bearer(good + "A")), 401);
  EXPECT_EQ(ask(bearer(token({.issued_at = kStart - 9, .expires_at = kStart}))), 401);
  EXPECT_EQ(ask(bearer(token({.client_id = "nobody"}))), 401);
  EXPECT_EQ(ask(bearer(std::string(9000, '.'))), 401);
}

TEST_F(VerifyTest, WhatEndsACachedTokenEndsItHereToo) {
  const std::string one = bearer(token());
  EXPECT_EQ(ask(one), 200);
  keystore_.revocation_index().add({.kind = RevocationKind::kToken, .value = last_jti_, .expires_at = kStart + 9000});
  EXPECT_EQ(ask(one), 401);
  EXPECT_TRUE(has_field(R"(WWW-Authenticate: Bearer realm="signet", error="invalid_token")"));
  EXPECT_EQ(responder_.fields.find("X-Signet-"), std::string::npos);
}

TEST_F(VerifyTest, AnotherTenantsTokenPassesOnlyThere) {
  keystore_.add_tenant(7, "acme");
  const std::string kid = keystore_.add_key(JwsAlgorithm::kEdDSA, {}, 7);
  keystore_.add_client(plain_client("c", 7), kCheckSecret);
  const std::string theirs = bearer(token({.tenant = 7}, kid));
  EXPECT_EQ(ask(theirs, "audience=urn:a", "/t/acme/verify/deep/path"), 200);
  EXPECT_EQ(ask(theirs), 401);
  EXPECT_EQ(ask(bearer(token()), "audience=urn:a", "/t/acme/verify"), 401);
}

TEST_F(VerifyTest, NothingPassesWhileTheClockIsBehindOrNoRoomIsLeft) {
  const std::string one = bearer(token());
  shared_.may_issue = false;
  EXPECT_EQ(ask(one), 503);
  shared_.may_issue = true;
  service_ = std::make_unique<Service>(keystore_, 0, metrics_, shared_, 0, check_clock, 64);
  EXPECT_EQ(ask(one), 503);
}

TEST_F(VerifyTest, AudienceAndScopeComeBackWithACheckThatWaited) {
  std::vector<std::string> tokens;
  for (int i = 0; i < 150; ++i) tokens.push_back(bearer(token({.audience = {i % 2 == 0 ? "urn:a" : "urn:b"}})));
  std::vector<int> statuses;
  for (const std::string& one : tokens) {
    http::Request request;
    request.path = "/verify";
    request.query = "audience=urn:a&scope=a.read";
    request.has_query = true;
    request.authorization = one;
    service_->on_request(request, responder_);
  }
  drain();
  EXPECT_EQ(responder_.answers, 150u);
  EXPECT_EQ(count(CheckResult::kActive), 75u);
  EXPECT_EQ(count(CheckResult::kForeign), 75u);
}

TEST(VerifyQuery, DecodesWhatItKnowsAndPassesOverTheRest) {
  VerifyQueryBuffer buffer;
  const auto query = parse_verify_query("x=%zz&audience=https%3A%2F%2Fa%2Fb%3Fc&y&scope=a+b&&=1&x=2", buffer);
  ASSERT_TRUE(query);
  EXPECT_EQ(query->audience, "https://a/b?c");
  EXPECT_EQ(query->scope, "a b");
  EXPECT_EQ(query->dialect.data(), nullptr);
}

TEST(VerifyQuery, RefusesRepetitionsAndWhatCannotBeRead) {
  VerifyQueryBuffer buffer;
  const auto error = [&](std::string_view query) { return parse_verify_query(query, buffer).error(); };
  EXPECT_EQ(error("scope=a&scope=a"), VerifyQueryError::kRepeated);
  EXPECT_EQ(error("scope=&scope="), VerifyQueryError::kRepeated);
  EXPECT_EQ(error("audience=a&aud%69ence=b"), VerifyQueryError::kRepeated);
  EXPECT_EQ(error("audience=%zz"), VerifyQueryError::kUnreadable);
  EXPECT_EQ(error("audience=a%0d%0a"), VerifyQueryError::kUnreadable);
  EXPECT_EQ(error("audience=%ff"), VerifyQueryError::kUnreadable);
  EXPECT_EQ(error("audience=" + std::string(5000, 'a')), VerifyQueryError::kTooLong);
}

}  // namespace
}  // namespace signet
