#include "daemon/service/route.h"

#include <gtest/gtest.h>

namespace signet {
namespace {

void expect_route(std::string_view path, Route route, std::string_view tenant) {
  const RouteMatch match = match_route(path);
  EXPECT_EQ(match.route, route) << path;
  EXPECT_EQ(match.tenant, tenant) << path;
}

TEST(Route, FindsTheDefaultTenantAtTheRoot) {
  expect_route("/oauth2/token", Route::kToken, "");
  expect_route("/oauth2/token/batch", Route::kTokenBatch, "");
  expect_route("/oauth2/revoke", Route::kRevoke, "");
  expect_route("/.well-known/jwks.json", Route::kJwks, "");
  expect_route("/.well-known/oauth-authorization-server", Route::kMetadata, "");
  expect_route("/.well-known/openid-configuration", Route::kMetadata, "");
  expect_route("/oauth2/introspect", Route::kIntrospect, "");
  expect_route("/oauth2/introspect/batch", Route::kIntrospectBatch, "");
  expect_route("/verify", Route::kVerify, "");
  expect_route("/verify/", Route::kVerify, "");
  expect_route("/verify/orders/7", Route::kVerify, "");
  expect_route("/oauth2/revocations", Route::kRevocations, "");
  expect_route("/oauth2/revocations/snapshot", Route::kRevocationSnapshot, "");
  expect_route("/healthz", Route::kHealth, "");
  expect_route("/readyz", Route::kReady, "");
}

TEST(Route, FindsOthersUnderTheirName) {
  expect_route("/t/acme/oauth2/token", Route::kToken, "acme");
  expect_route("/t/acme/oauth2/token/batch", Route::kTokenBatch, "acme");
  expect_route("/t/acme/oauth2/revoke", Route::kRevoke, "acme");
  expect_route("/t/acme/.well-known/jwks.json", Route::kJwks, "acme");
  expect_route("/t/acme/oauth2/introspect", Route::kIntrospect, "acme");
  expect_route("/t/acme/verify", Route::kVerify, "acme");
  expect_route("/t/acme/verify/t/other/verify", Route::kVerify, "acme");
  expect_route("/t/acme/oauth2/revocations", Route::kRevocations, "acme");
  expect_route("/t/acme/oauth2/revocations/snapshot", Route::kRevocationSnapshot, "acme");
}

// RFC 8414 section 3.1: the well-known part is inserted before the issuer's path; clients of OpenID Connect append it.
TEST(Route, FindsMetadataInsertedAndAppended) {
  expect_route("/.well-known/oauth-authorization-server/t/acme", Route::kMetadata, "acme");
  expect_route("/.well-known/openid-configuration/t/acme", Route::kMetadata, "acme");
  expect_route("/t/acme/.well-known/oauth-authorization-server", Route::kMetadata, "acme");
  expect_route("/t/acme/.well-known/openid-configuration", Route::kMetadata, "acme");
}

TEST(Route, RefusesEverySpellingBesides) {
  for (const std::string_view path : {"",
                                      "/",
                                      "//",
                                      "/oauth2",
                                      "/oauth2/",
                                      "/oauth2/token/",
                                      "/oauth2//token",
                                      "//oauth2/token",
                                      "/OAuth2/token",
                                      "/oauth2/token/batch/",
                                      "/oauth2/tokens",
                                      "/oauth2/revoke/",
                                      "/oauth2/revocation",
                                      "/oauth2%2Ftoken",
                                      "/t",
                                      "/t/",
                                      "/t//oauth2/token",
                                      "/t/acme",
                                      "/t/acme/",
                                      "/t/acme/healthz",
                                      "/t/acme/readyz",
                                      "/t/a/t/b/oauth2/token",
                                      "/healthz/",
                                      "/metrics",
                                      "/.well-known/jwks.json/t/acme",
                                      "/.well-known/oauth-authorization-server/",
                                      "/.well-known/oauth-authorization-server/t/",
                                      "/.well-known/oauth-authorization-server/t/a/b",
                                      "/t/x/.well-known/oauth-authorization-server/t/acme"}) {
    EXPECT_EQ(match_route(path).route, Route::kNone) << path;
  }
}

}  // namespace
}  // namespace signet
