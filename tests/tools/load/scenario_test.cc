// Scenarios that check tokens, mixes, and revocations meanwhile.
#include "tools/load/scenario.h"

#include <set>

#include "tests/tools/load/scenario_rig.h"
#include "tools/load/revoker.h"

namespace signet::load {
namespace {

TEST_F(Scenarios, IntrospectChecksManyTokens) {
  const auto result = load({"introspect", "--tokens", "2500", "--distribution", "uniform"});
  ASSERT_TRUE(result) << result.error();
  EXPECT_EQ(result->errors(), 0u) << result->first_error;
  EXPECT_GT(result->answered, 10u);
  EXPECT_EQ(signet_.made, 2500u);
  EXPECT_EQ(asked("POST /oauth2/token/batch "), 3u);
}

TEST_F(Scenarios, IntrospectTakesNoInactiveTokenForGood) {
  for (const std::string& answer :
       {http_answer(200, R"({"active":false})"), http_answer(200, R"({"active":"true"})"), http_answer(200, ""),
        http_answer(200, R"({"x":"\"active\":true"})"), http_answer(204, "")}) {
    const auto result = load({"introspect", "--tokens", "5"}, [&](std::string_view request) {
      return asks(request, "POST /oauth2/introspect ") ? answer : std::string();
    });
    ASSERT_TRUE(result) << result.error();
    EXPECT_EQ(result->answered, 0u) << answer;
    EXPECT_GT(result->wrong_answer, 0u) << answer;
  }
}

TEST_F(Scenarios, IntrospectGoesOnAfterAServerThatCloses) {
  int number = 0;
  const auto result = load({"introspect", "--tokens", "5", "--duration", "0.5"}, [&](std::string_view request) {
    return asks(request, "POST /oauth2/introspect ") && ++number == 3 ? std::string("close") : std::string();
  });
  ASSERT_TRUE(result) << result.error();
  EXPECT_EQ(result->errors(), 1u);
  EXPECT_EQ(result->closed, 1u);
  EXPECT_GT(result->answered, 3u);
}

TEST_F(Scenarios, IntrospectSaysWhyThereAreNoTokens) {
  for (const auto& [answer, why] : {std::pair{http_answer(401, R"({"error":"invalid_client"})"), "answered 401"},
                                    {http_answer(200, "{\"error\":\"invalid_scope\"}\n"), "invalid_scope"},
                                    {http_answer(200, "{}\n"), "without access_token"},
                                    {http_answer(200, "nonsense\n"), "not JSON"},
                                    {http_answer(200, ""), "5 entries were asked for and 0 answered"},
                                    {std::string("SSH-2.0\r\n\r\n"), "not HTTP/1.1"},
                                    {std::string("close"), "closed the connection"}}) {
    const auto result = load({"introspect", "--tokens", "5"}, [&](std::string_view) { return answer; });
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().find(why), std::string::npos) << result.error();
  }
}

TEST_F(Scenarios, NeverSeenTokensAreSentOnceAndRunOut) {
  const auto result = load({"introspect", "--tokens", "40", "--distribution", "never-seen", "--duration", "30"});
  ASSERT_TRUE(result) << result.error();
  EXPECT_EQ(result->errors(), 0u) << result->first_error;
  EXPECT_EQ(result->answered, 40u);
  EXPECT_EQ(result->ended, 2u);
  EXPECT_NE(result->why_ended.find("used up"), std::string::npos);
  EXPECT_LT(result->seconds, 10);
  std::set<std::string> seen;
  for (const std::string& request : requests_) {
    if (asks(request, "POST /oauth2/introspect ")) {
      EXPECT_TRUE(seen.insert(body_of(request)).second);
    }
  }
  EXPECT_EQ(seen.size(), 40u);
}

TEST_F(Scenarios, NeverSeenTokensLastForAnOpenLoop) {
  const auto result = load({"verify", "--distribution", "never-seen", "--rate", "200", "--threads", "2"});
  ASSERT_TRUE(result) << result.error();
  EXPECT_EQ(result->errors(), 0u) << result->first_error;
  EXPECT_NEAR(static_cast<double>(result->answered), 60, 3);
  EXPECT_EQ(result->ended, 0u);
}

TEST_F(Scenarios, BatchesCountOnlyWhenEveryTokenIsActive) {
  const auto good = load({"introspect", "--tokens", "50", "--batch", "20"});
  ASSERT_TRUE(good) << good.error();
  EXPECT_EQ(good->errors(), 0u) << good->first_error;
  EXPECT_GT(good->answered, 3u);
  for (const char* body : {R"([{"active":true},{"active":false}])", R"([{"active":true}])", "[]"}) {
    const auto result = load({"introspect", "--tokens", "50", "--batch", "2"}, [&](std::string_view request) {
      return asks(request, "POST /oauth2/introspect/batch ") ? http_answer(200, body) : std::string();
    });
    ASSERT_TRUE(result) << result.error();
    EXPECT_EQ(result->answered, 0u);
    EXPECT_GT(result->wrong_answer, 0u);
  }
}

TEST_F(Scenarios, BatchesOfMoreThanASocketTakesArriveWhole) {
  for (const char* seconds : {"0.5", "5", "50"}) {  // one answer takes long on a slow machine
    const auto result = load({"introspect", "--tokens", "5000", "--batch", "20000", "--duration", seconds});
    ASSERT_TRUE(result) << result.error();
    EXPECT_EQ(result->errors(), 0u) << result->first_error;
    if (result->answered > 0) return;
  }
  ADD_FAILURE() << "no batch arrived";
}

TEST_F(Scenarios, BatchesOfMoreThanTheEndpointTakesAreRefused) {
  const auto result = load({"introspect", "--tokens", "5", "--batch", "100000"});
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().find("smaller --batch"), std::string::npos);
}

TEST_F(Scenarios, VerifyAsksAboutTheAudienceAndTakes200Only) {
  const auto good = load({"verify", "--tokens", "5"});
  ASSERT_TRUE(good) << good.error();
  EXPECT_EQ(good->errors(), 0u) << good->first_error;
  EXPECT_GT(good->answered, 10u);
  for (const int status : {204, 401, 403}) {
    const auto result = load({"verify", "--tokens", "5"}, [&](std::string_view request) {
      return asks(request, "GET /verify") ? http_answer(status, "") : std::string();
    });
    ASSERT_TRUE(result) << result.error();
    EXPECT_EQ(result->answered, 0u) << status;
    EXPECT_GT(result->errors(), 0u) << status;
  }
}

TEST_F(Scenarios, MixedAsksForEveryPartByItsWeight) {
  const auto result = load({"mixed", "--tokens", "50", "--mix", "token=1,refresh=1,introspect=2,verify=4", "--duration",
                            "0.6", "--connections", "4"});
  ASSERT_TRUE(result) << result.error();
  EXPECT_EQ(result->errors(), 0u) << result->first_error;
  const double all = static_cast<double>(result->answered);
  EXPECT_NEAR(static_cast<double>(asked("GET /verify")) / all, 0.5, 0.15);
  EXPECT_NEAR(static_cast<double>(asked("POST /oauth2/introspect ")) / all, 0.25, 0.15);
  EXPECT_NEAR(static_cast<double>(asked("POST /oauth2/token ")) / all, 0.25, 0.15);
}

TEST_F(Scenarios, RevokesTokensOfItsOwnMeanwhile) {
  answer_admin([](const ctl::FakeRequest&) { return ctl::http_answer(200, "{}"); });
  const auto result = load({"verify", "--tokens", "5", "--revocations-per-s", "50", "--duration", "0.5"});
  ASSERT_TRUE(result) << result.error();
  EXPECT_EQ(result->errors(), 0u) << result->first_error;
  EXPECT_NEAR(static_cast<double>(result->revoked), 25, 3);
  std::set<std::string> bodies;
  for (const ctl::FakeRequest& request : admin_.requests()) {
    EXPECT_EQ(request.target, "/v1/revocations");
    EXPECT_TRUE(bodies.insert(request.body).second);
    EXPECT_TRUE(request.body.starts_with(R"({"kind":"token","value":"j)")) << request.body;
  }
  // None of them is one of those measured, which were made first: j0 to j4.
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(bodies.contains(revocation_request("default", "j" + std::to_string(i))));
}

TEST_F(Scenarios, RevocationsThatFailAreErrors) {
  answer_admin([](const ctl::FakeRequest&) { return ctl::http_answer(404, "{}"); });
  const auto result = load({"verify", "--tokens", "5", "--revocations-per-s", "20"});
  ASSERT_TRUE(result) << result.error();
  EXPECT_GT(result->not_revoked, 3u);
  EXPECT_EQ(result->errors(), result->not_revoked);
  EXPECT_NE(result->first_error.find("a revocation: "), std::string::npos);
}

}  // namespace
}  // namespace signet::load
