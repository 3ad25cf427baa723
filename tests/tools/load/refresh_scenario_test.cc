// Walks of refresh families.
#include <set>

#include "tests/tools/load/scenario_rig.h"

namespace signet::load {
namespace {

TEST_F(Scenarios, RefreshMakesAFamilyPerConnectionAndWalksIt) {
  const auto result = load({"refresh", "--connections", "3", "--scope", "a.read"});
  ASSERT_TRUE(result) << result.error();
  EXPECT_EQ(result->errors(), 0u) << result->first_error;
  EXPECT_GT(result->answered, 10u);
  ASSERT_EQ(admin_.requests().size(), 3u);
  EXPECT_EQ(admin_.requests()[0].target, "/v1/tokens");
  EXPECT_EQ(admin_.requests()[0].body, R"({"client_id":"demo","scope":"a.read","refresh":true})");
  std::set<std::string> presented;
  for (const std::string& request : requests_) EXPECT_TRUE(presented.insert(body_of(request)).second) << request;
}

TEST_F(Scenarios, RefreshEndsTheWalkOfARefusedRotation) {
  const auto result = load({"refresh"}, [](std::string_view request) {
    return request.ends_with("=r2001") ? http_answer(400, R"({"error":"invalid_grant"})") : std::string();
  });
  ASSERT_TRUE(result) << result.error();
  EXPECT_EQ(result->bad_status, 1u);
  EXPECT_EQ(result->first_error, R"(status 400 {"error":"invalid_grant"})");
  EXPECT_EQ(result->ended, 1u);
  EXPECT_NE(result->why_ended.find("walk"), std::string::npos);
  EXPECT_GT(result->answered, 10u);  // the other went on
}

TEST_F(Scenarios, RefreshCountsARefusalInTheWarmUpToo) {
  const auto result = load({"refresh", "--connections", "1", "--warmup", "0.2"},
                           [](std::string_view) { return http_answer(400, "{}"); });
  ASSERT_TRUE(result) << result.error();
  EXPECT_EQ(result->errors(), 1u);
  EXPECT_EQ(result->ended, 1u);
}

TEST_F(Scenarios, RefreshEndsAtAnAnswerWithoutASuccessor) {
  for (const char* body : {R"({"access_token":"secret7"})", R"({"refresh_token":""})",
                           R"({"refresh_token":"a\\u0062"})", R"({"refresh_token":"r)"}) {
    const auto result = load({"refresh"}, [&](std::string_view) { return http_answer(200, body); });
    ASSERT_TRUE(result) << result.error();
    EXPECT_EQ(result->answered, 0u) << body;
    EXPECT_EQ(result->wrong_answer, 2u) << body;
    EXPECT_EQ(result->ended, 2u);
    EXPECT_EQ(result->first_error, "status 200, but the answer holds no refresh_token");
  }
}

TEST_F(Scenarios, RefreshTakesNoTokenThatWasNotRotated) {
  const auto result = load({"refresh"}, [](std::string_view request) {
    return http_answer(200, "{\"refresh_token\":\"" + std::string(request.substr(request.rfind('=') + 1)) + "\"}");
  });
  ASSERT_TRUE(result) << result.error();
  EXPECT_EQ(result->answered, 0u);
  EXPECT_EQ(result->wrong_answer, 2u);
}

TEST_F(Scenarios, RefreshRepeatsWhatWasLostOrUnavailable) {
  int number = 0;
  const auto result = load({"refresh", "--connections", "1", "--duration", "0.5"}, [&](std::string_view) {
    ++number;
    return number == 3 ? "close" : number == 5 ? http_answer(503, "{}") : std::string();
  });
  ASSERT_TRUE(result) << result.error();
  EXPECT_EQ(result->closed, 1u);
  EXPECT_EQ(result->bad_status, 1u);
  EXPECT_EQ(result->ended, 0u);
  ASSERT_GT(requests_.size(), 6u);
  EXPECT_EQ(requests_[2], requests_[3]);
  EXPECT_EQ(requests_[4], requests_[5]);
}

TEST_F(Scenarios, RefreshSaysWhyThereAreNoFamilies) {
  for (const auto& [answer, why] :
       {std::pair{ctl::http_answer(400, R"({"error":"invalid","message":"refresh: not allowed"})"), "refresh: not"},
        {ctl::http_answer(200, R"({"access_token":"a"})"), "without a refresh_token"},
        {ctl::http_answer(200, "[]"), "without a refresh_token"},
        {std::string(), "closed the connection"}}) {
    answer_admin([&answer](const ctl::FakeRequest&) { return answer; });
    const auto result = load({"refresh"});
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().find(why), std::string::npos) << result.error();
  }
  EXPECT_EQ(requests_.size(), 0u);
}

TEST_F(Scenarios, RefreshNeedsATokenPerConnectionOfItsFile) {
  const std::string file = directory_.write("tokens", "r1\nr2\n");
  const auto few = load({"refresh", "--connections", "3", "--refresh-tokens-file", file});
  ASSERT_FALSE(few);
  EXPECT_NE(few.error().find("2 refresh tokens for 3 connections"), std::string::npos);
  const auto result = load({"refresh", "--refresh-tokens-file", file});
  ASSERT_TRUE(result) << result.error();
  EXPECT_EQ(result->errors(), 0u) << result->first_error;
  EXPECT_EQ(admin_.requests().size(), 0u);
}

TEST_F(Scenarios, RefreshTakesTheFamiliesOfAConnectionInTurn) {
  const std::string file = directory_.write("tokens", "r1\nr2\nr3\nr4\nr5\n");
  const auto result = load({"refresh", "--connections", "1", "--refresh-tokens-file", file});
  ASSERT_TRUE(result) << result.error();
  EXPECT_EQ(result->errors(), 0u) << result->first_error;
  ASSERT_GT(requests_.size(), 12u);
  // The fake's successor of a token is 1,000 on.
  for (size_t i = 0; i < 12; ++i) {
    const std::string expected = "refresh_token=r" + std::to_string(1 + i % 5 + i / 5 * 1000);
    EXPECT_TRUE(requests_[i].ends_with(expected)) << i << ": " << requests_[i];
  }
}

TEST_F(Scenarios, RefreshDealsEachTokenToOneConnection) {
  std::string tokens;
  for (int i = 1; i <= 9; ++i) tokens += "r" + std::to_string(i) + "\n";
  const std::string file = directory_.write("tokens", tokens);
  const auto result = load({"refresh", "--connections", "4", "--threads", "2", "--refresh-tokens-file", file});
  ASSERT_TRUE(result) << result.error();
  EXPECT_EQ(result->errors(), 0u) << result->first_error;
  std::set<std::string> presented;
  for (const std::string& request : requests_) EXPECT_TRUE(presented.insert(body_of(request)).second) << request;
  for (int i = 1; i <= 9; ++i) {
    EXPECT_TRUE(presented.contains("grant_type=refresh_token&refresh_token=r" + std::to_string(i))) << i;
  }
}

TEST_F(Scenarios, RefreshEndsARefusedFamilyAndWalksTheOthersOn) {
  const std::string file = directory_.write("tokens", "r1\nr2\nr3\n");
  const auto result =
      load({"refresh", "--connections", "1", "--refresh-tokens-file", file}, [](std::string_view request) {
        const bool refused = request.ends_with("=r2") || request.ends_with("=r1003");
        return refused ? http_answer(400, R"({"error":"invalid_grant"})") : std::string();
      });
  ASSERT_TRUE(result) << result.error();
  EXPECT_EQ(result->bad_status, 2u);
  EXPECT_EQ(result->ended, 0u);
  ASSERT_GT(requests_.size(), 10u);
  for (size_t i = 6; i < requests_.size(); ++i) {
    EXPECT_TRUE(requests_[i].ends_with("001")) << requests_[i];  // of r1 alone
  }
}

}  // namespace
}  // namespace signet::load
