// Whole scenarios, from the command line to the figures, against a small server and a small admin socket.
#include "tools/load/scenario.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <mutex>
#include <set>

#include "protocol/base/base64url.h"
#include "tests/tools/ctl/fake_admin.h"
#include "tests/tools/load/small_server.h"
#include "tools/load/revoker.h"

namespace signet::load {
namespace {

std::string jwt(uint64_t number) {
  const std::string claims = "{\"jti\":\"j" + std::to_string(number) + "\"}";
  std::string encoded(base64url_encoded_size(claims.size()), '\0');
  base64url_encode(as_bytes(claims), encoded.data());
  return "e30." + encoded + ".sig" + std::to_string(number);
}

size_t count_of(std::string_view text, std::string_view part) {
  size_t count = 0;
  for (size_t at = 0; (at = text.find(part, at)) != std::string_view::npos; at += part.size()) ++count;
  return count;
}

bool asks(std::string_view request, std::string_view start) { return request.starts_with(start); }

std::string body_of(std::string_view request) { return std::string(request.substr(request.find("\r\n\r\n") + 4)); }

// Answers as Signet does, where a test does not answer itself.
struct FakeSignet {
  std::string operator()(std::string_view request) {
    if (asks(request, "POST /oauth2/token/batch ")) return batch(request);
    if (asks(request, "POST /oauth2/introspect/batch ")) return introspect_batch(request);
    if (asks(request, "POST /oauth2/introspect ")) return http_answer(200, R"({"active":true,"sub":"s"})");
    if (asks(request, "GET /verify?audience=urn%3Ademo ")) return http_answer(200, "");
    if (asks(request, "POST /oauth2/token ")) return refresh(request);
    return http_answer(404, "{}");
  }
  std::string batch(std::string_view request) {
    std::string lines;
    for (size_t i = count_of(body_of(request), "{"); i > 0; --i)
      lines += R"({"access_token":")" + jwt(made++) + "\"}\n";
    return http_answer(200, lines);
  }
  static std::string introspect_batch(std::string_view request) {
    std::string entries;
    for (size_t i = count_of(body_of(request), "e30."); i > 0; --i) entries += "{\"active\":true},";
    entries.back() = ']';
    return http_answer(200, "[" + entries);
  }
  static std::string refresh(std::string_view request) {
    const std::string body = body_of(request);
    const size_t at = body.find("refresh_token=r");
    if (at == std::string::npos) return http_answer(200, R"({"access_token":"a"})");
    const uint64_t number = std::stoull(body.substr(at + 15));
    return http_answer(200, R"({"access_token":"a","refresh_token":"r)" + std::to_string(number + 1000) + "\"}");
  }
  uint64_t made = 0;
};

class Scenarios : public testing::Test {
 protected:
  using Own = std::function<std::string(std::string_view request)>;

  // Runs with the fake parties of a development directory. `own` answers first; what it leaves empty the fake does.
  std::expected<Measurement, std::string> load(std::vector<std::string> arguments, Own own = {}) {
    SmallServer server([&](uint64_t, std::string_view request) {
      const std::lock_guard lock(mutex_);
      requests_.emplace_back(request);
      std::string answer = own ? own(request) : "";
      if (answer == "close") return std::string();
      return answer.empty() ? signet_(request) : answer;
    });
    directory_.write("demo-secret", "s");
    directory_.write("demo-rs-secret", "s");
    arguments.insert(arguments.end(), {"--url", "http://127.0.0.1:" + std::to_string(server.port()), "--data-dir",
                                       directory_.file("."), "--socket", admin_.socket_path()});
    for (const auto& [name, value] : {std::pair{"--duration", "0.3"}, {"--connections", "2"}}) {
      if (std::ranges::find(arguments, name) == arguments.end()) arguments.insert(arguments.end(), {name, value});
    }
    const auto options = parse_options(arguments);
    if (!options) return std::unexpected(options.error().text);
    const auto url = parse_url(options->url);
    const auto address = resolve(*url);
    const auto prepared = prepare_run(*options, *url, *address);
    if (!prepared) return std::unexpected(prepared.error());
    return run_load(options->plan, *url, *address, prepared->workloads, prepared->companion.get());
  }
  void answer_admin(std::function<std::string(const ctl::FakeRequest&)> answer) {
    const std::lock_guard lock(mutex_);
    admin_answer_ = std::move(answer);
  }
  size_t asked(std::string_view start) const {
    return static_cast<size_t>(
        std::ranges::count_if(requests_, [&](const std::string& one) { return one.starts_with(start); }));
  }

  std::mutex mutex_;
  std::vector<std::string> requests_;
  FakeSignet signet_;
  ctl::TemporaryDirectory directory_;
  std::atomic<uint64_t> families_ = 0;
  // Asked by the fake's threads: set under `mutex_`.
  std::function<std::string(const ctl::FakeRequest&)> admin_answer_ = [this](const ctl::FakeRequest&) {
    return ctl::http_answer(200, R"({"access_token":"a","refresh_token":"r)" + std::to_string(families_++) + "\"}");
  };
  ctl::FakeAdmin admin_{[this](const ctl::FakeRequest& request) {
    const std::lock_guard lock(mutex_);
    return admin_answer_(request);
  }};
};

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
  const auto result = load({"introspect", "--tokens", "5000", "--batch", "20000", "--duration", "0.5"});
  ASSERT_TRUE(result) << result.error();
  EXPECT_EQ(result->errors(), 0u) << result->first_error;
  EXPECT_GT(result->answered, 0u);
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
