// Whole runs against a small server.
#include "tools/load/runner.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <mutex>
#include <set>
#include <thread>

#include "tests/tools/load/small_server.h"
#include "tools/load/prepared_workload.h"

namespace signet::load {
namespace {

std::expected<Measurement, std::string> run(uint16_t port, const LoadPlan& plan,
                                            std::vector<Credentials> clients = {{"a", "b"}}) {
  const Url url{.host = "127.0.0.1", .port = port, .path = {}};
  const auto requests = std::make_shared<const RequestSet>(
      RequestSet::token(url.authority(), "/oauth2/token", clients, "", AuthMethod::kBasic));
  const auto workloads = [&](const Share& share) {
    return std::make_unique<PreparedWorkload>(requests, PickPlan(Distribution::kUniform, clients.size()), judge_token,
                                              share);
  };
  return run_load(plan, url, resolve(url).value(), workloads);
}

std::string good(uint64_t, std::string_view) { return http_answer(200, "{}"); }

TEST(ClosedLoop, KeepsEveryConnectionBusyWithOneRequest) {
  SmallServer server(good);
  const auto result = run(server.port(), {.connections = 4, .duration_s = 0.3});
  ASSERT_TRUE(result) << result.error();
  EXPECT_GT(result->answered, 10u);
  EXPECT_EQ(result->errors(), 0u);
  EXPECT_EQ(server.connections(), 4u);
  EXPECT_EQ(result->latency_ns.count(), result->answered);
  EXPECT_GE(server.requests(), result->answered);
  EXPECT_LE(server.requests(), result->answered + 4);
  EXPECT_NEAR(result->seconds, 0.3, 0.1);
}

TEST(ClosedLoop, SharesConnectionsBetweenThreads) {
  SmallServer server(good);
  const auto result = run(server.port(), {.connections = 5, .threads = 2, .duration_s = 0.2});
  ASSERT_TRUE(result) << result.error();
  EXPECT_EQ(server.connections(), 5u);
  EXPECT_EQ(result->errors(), 0u);
}

TEST(ClosedLoop, DoesNotCountTheWarmUp) {
  SmallServer server([](uint64_t number, std::string_view) {
    return number < 1 ? http_answer(503, "warming") : http_answer(200, "{}");
  });
  const auto result = run(server.port(), {.connections = 1, .duration_s = 0.2, .warmup_s = 0.5});
  ASSERT_TRUE(result) << result.error();
  EXPECT_EQ(result->errors(), 0u);
  EXPECT_LT(result->answered, server.requests() - 1);
}

TEST(ClosedLoop, AsksAsEveryClient) {
  std::mutex mutex;
  std::set<std::string> seen;
  SmallServer server([&](uint64_t, std::string_view request) {
    const size_t at = request.find("Basic ");
    const std::lock_guard lock(mutex);
    seen.insert(std::string(request.substr(at, request.find('\r', at) - at)));
    return http_answer(200, "{}");
  });
  std::vector<Credentials> clients;
  for (int i = 0; i < 20; ++i) clients.push_back({"client" + std::to_string(i), "s"});
  const auto result = run(server.port(), {.connections = 4, .duration_s = 0.5}, clients);
  ASSERT_TRUE(result) << result.error();
  EXPECT_EQ(seen.size(), 20u);
}

TEST(Errors, AreAnswersThatAreNot2xx) {
  SmallServer server([](uint64_t number, std::string_view) {
    return number % 2 == 0 ? http_answer(401, "{\"error\":\"invalid_client\"}\x1b") : http_answer(200, "{}");
  });
  const auto result = run(server.port(), {.connections = 1, .duration_s = 0.2});
  ASSERT_TRUE(result) << result.error();
  EXPECT_GT(result->bad_status, 0u);
  EXPECT_EQ(result->errors(), result->bad_status);
  EXPECT_EQ(result->latency_ns.count(), result->answered);
  EXPECT_EQ(result->first_error, "status 401 {\"error\":\"invalid_client\"}.");
}

TEST(Errors, AreConnectionsClosedInsteadOfAnAnswer) {
  SmallServer server(
      [](uint64_t number, std::string_view) { return number == 2 ? std::string() : http_answer(200, "{}"); });
  const auto result = run(server.port(), {.connections = 1, .duration_s = 0.4});
  ASSERT_TRUE(result) << result.error();
  EXPECT_EQ(result->closed, 1u);
  EXPECT_EQ(result->errors(), 1u);
  EXPECT_EQ(server.connections(), 2u);
  EXPECT_GT(result->answered, 2u);  // it went on with a new one
}

TEST(Errors, AreAnswersThatAreNotUnderstood) {
  SmallServer server([](uint64_t number, std::string_view) {
    return number == 0 ? "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" : http_answer(200, "{}");
  });
  const auto result = run(server.port(), {.connections = 1, .duration_s = 0.4});
  ASSERT_TRUE(result) << result.error();
  EXPECT_EQ(result->bad_answer, 1u);
}

TEST(Errors, AreNotConnectionsThatTheServerAnnouncesToClose) {
  SmallServer server([](uint64_t, std::string_view) { return http_answer(200, "{}", "Connection: close\r\n"); });
  const auto result = run(server.port(), {.connections = 2, .duration_s = 0.2});
  ASSERT_TRUE(result) << result.error();
  EXPECT_EQ(result->errors(), 0u);
  EXPECT_GT(result->answered, 4u);
  EXPECT_GE(server.connections(), result->answered);
}

TEST(Errors, SayWhatToDoWhenNothingListens) {
  uint16_t port = 0;
  {
    SmallServer server(good);
    port = server.port();
  }
  const auto result = run(port, {.connections = 2, .duration_s = 0.1});
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().find("Connection refused"), std::string::npos);
  EXPECT_NE(result.error().find("--url"), std::string::npos);
}

TEST(OpenLoop, SendsAtItsRate) {
  SmallServer server(good);
  const auto result = run(server.port(), {.connections = 4, .threads = 2, .rate = 400, .duration_s = 0.5});
  ASSERT_TRUE(result) << result.error();
  EXPECT_GE(result->answered, 190u);
  EXPECT_LE(result->answered, 201u);
  EXPECT_EQ(result->errors(), 0u);
}

// One stall of 200 ms at 1000 arrivals a second makes about 200 requests late, not the one under way.
TEST(OpenLoop, ChargesAStallToAllThatWaited) {
  SmallServer server([](uint64_t number, std::string_view) {
    if (number == 50) std::this_thread::sleep_for(std::chrono::milliseconds(200));
    return http_answer(200, "{}");
  });
  const auto result = run(server.port(), {.connections = 1, .rate = 1000, .duration_s = 0.5});
  ASSERT_TRUE(result) << result.error();
  EXPECT_GT(result->latency_ns.percentile(0.9), 100'000'000u);
  EXPECT_GT(result->latency_ns.percentile(0.75), 30'000'000u);
}

TEST(OpenLoop, CountsWhatNeverGotItsTurn) {
  SmallServer server([](uint64_t, std::string_view) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    return http_answer(200, "{}");
  });
  const auto result = run(server.port(), {.connections = 1, .rate = 500, .duration_s = 0.4});
  ASSERT_TRUE(result) << result.error();
  EXPECT_LT(result->answered, 40u);
  EXPECT_GT(result->unanswered, 100u);
  EXPECT_EQ(result->errors(), 0u);
  EXPECT_NEAR(static_cast<double>(result->latency_ns.count()), 200, 5);
}

TEST(Run, EndsEarlyAtASignalWithWhatItHas) {
  // Before any thread of this test: one that inherits an open mask would die of the signal.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  SmallServer server(good);
  std::thread interrupt([] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    kill(getpid(), SIGINT);
  });
  const auto result = run(server.port(), {.connections = 1, .duration_s = 60});
  interrupt.join();
  ASSERT_TRUE(result) << result.error();
  EXPECT_GT(result->answered, 0u);
  EXPECT_LT(result->seconds, 10);
}

}  // namespace
}  // namespace signet::load
