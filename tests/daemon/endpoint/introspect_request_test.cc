// Who may introspect, and how the request must look (RFC 7662 section 2.1).
#include <gtest/gtest.h>

#include "tests/daemon/endpoint/check_fixture.h"

namespace signet {
namespace {

using IntrospectRequestTest = IntrospectFixture;

TEST_F(IntrospectRequestTest, WhoAsksMustBeKnownAndEntitled) {
  const std::string form = "token=" + token();
  EXPECT_EQ(ask(form, ""), 401);  // RFC 7662 section 4
  EXPECT_EQ(responder_.body.find("active"), std::string::npos);
  EXPECT_EQ(ask(form, "nobody"), 401);
  EXPECT_EQ(ask(form, "rs", "/oauth2/introspect", "wrong"), 401);
  EXPECT_EQ(ask(form, "c"), 403) << "a client without --introspect";
  EXPECT_EQ(responder_.body.find("active"), std::string::npos);
  Client disabled = plain_client("rs");
  disabled.introspect = {"urn:a"};
  disabled.flags = kClientDisabled;
  keystore_.add_client(disabled, kCheckSecret);
  EXPECT_EQ(ask(form, "rs"), 401);
}

TEST_F(IntrospectRequestTest, SecretsInTheFormAreTakenToo) {
  const std::string secret(kCheckSecret);
  EXPECT_EQ(ask("token=" + token() + "&client_id=rs&client_secret=" + secret, ""), 200);
  EXPECT_NE(responder_.body, kInactiveBody);
}

TEST_F(IntrospectRequestTest, MalformedRequestsAreRefused) {
  const std::string one = token();
  EXPECT_EQ(ask(""), 400);
  EXPECT_EQ(ask("token="), 400);
  EXPECT_EQ(ask("token=" + one + "&token=" + one), 400);
  EXPECT_EQ(ask("token=" + one + "&token_type_hint=a&token_type_hint=b"), 400);
  EXPECT_EQ(ask("token=%zz"), 400);
  EXPECT_EQ(ask("token=" + one + "&token_type_hint=refresh_token"), 200);
  EXPECT_NE(responder_.body, kInactiveBody) << "the hint is no more than that";
  FormRequest request("/oauth2/introspect", "token=" + one, basic_authorization("rs", kCheckSecret));
  http::Request& get = request.fresh();
  get.method = http::Method::kGet;
  service_->on_request(get, responder_);
  EXPECT_EQ(responder_.status, 405);
  http::Request& query = request.fresh();
  query.method = http::Method::kPost;
  query.has_query = true;
  service_->on_request(query, responder_);
  EXPECT_EQ(responder_.status, 400);
  http::Request& json = request.fresh();
  json.has_query = false;
  json.content_type = "application/json";
  service_->on_request(json, responder_);
  EXPECT_EQ(responder_.status, 400);
}

}  // namespace
}  // namespace signet
