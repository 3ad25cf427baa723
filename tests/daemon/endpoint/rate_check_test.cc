// Rate limits at the endpoints: who is refused, who must not be, and what a refusal says.
#include "daemon/endpoint/rate_check.h"

#include <gtest/gtest.h>

#include "daemon/service/service.h"
#include "tests/support/exchange.h"
#include "tests/support/memory_keystore.h"

namespace signet {
namespace {

constexpr std::string_view kSecret = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";
constexpr uint64_t kSecond = 1'000'000'000;
constexpr uint64_t kHere = 0x7F000001, kElsewhere = 0x7F000002;

class RateCheckTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_TRUE(signing_start() && digest_start()); }

  RateCheckTest() {
    keystore_.add_key(JwsAlgorithm::kEdDSA);
    for (const char* id : {"c", "d"}) keystore_.add_client(client(id), kSecret);
    Client disabled = client("disabled");
    disabled.flags = kClientDisabled;
    keystore_.add_client(disabled, kSecret);
  }
  static Client client(const char* id) {
    Client client;
    client.client_id = id;
    client.audiences = {"urn:demo"};
    return client;
  }
  void limit(ServiceSettings settings) {
    shared_.settings.publish(std::make_unique<const ServiceSettings>(settings), keystore_.domain());
  }
  // The status of a token request.
  int ask(std::string_view id, std::string_view secret, std::optional<uint64_t> network) {
    FormRequest request("/oauth2/token", "grant_type=client_credentials",
                        id.empty() ? "" : basic_authorization(id, secret));
    return answer(request.fresh(), network);
  }
  int answer(http::Request& request, std::optional<uint64_t> network) {
    request.peer_network = network;
    request.arrived_ns = now_ns_;
    service_.on_request(request, responder_);
    while (service_.after_poll(responder_)) {
    }
    return responder_.status;
  }
  int wrong(std::optional<uint64_t> network, std::string_view id = "c") { return ask(id, "wrong", network); }
  int right(std::optional<uint64_t> network, std::string_view id = "c") { return ask(id, kSecret, network); }
  // The status of a batch that is asked at its head and again with its body; 0 = the head passed.
  int batch_head(std::string_view secret) {
    http::Request request = batch_request(secret);
    return service_.on_head(request, responder_) ? 0 : responder_.status;
  }
  int batch(std::string_view secret) {
    if (const int status = batch_head(secret); status != 0) return status;
    http::Request request = batch_request(secret);
    body_ = "[{},{}]";
    request.body = {body_.data(), body_.size()};
    return answer(request, kHere);
  }
  http::Request batch_request(std::string_view secret) {
    authorization_ = basic_authorization("c", secret);
    http::Request request;
    request.method = http::Method::kPost;
    request.path = "/oauth2/token/batch";
    request.content_type = "application/json";
    request.authorization = authorization_;
    request.peer_network = kHere;
    request.arrived_ns = now_ns_;
    return request;
  }
  uint64_t refused(RateLimitKind kind) { return metrics_.rate_limited[static_cast<size_t>(kind)].read(); }

  uint64_t now_ns_ = 100 * kSecond;
  MemoryKeystore keystore_{1};
  ServiceShared shared_{ServiceSettings{}};
  WorkerMetrics metrics_;
  Service service_{keystore_, 0, metrics_, shared_, 1000};
  RecordingResponder responder_;
  std::string authorization_, body_;
};

ServiceSettings failures(uint32_t rate, uint32_t burst) {
  ServiceSettings settings;
  settings.failed_authentication_limit = make_rate_limit(rate, burst, 1);
  return settings;
}
ServiceSettings clients(uint32_t rate, uint32_t burst) {
  ServiceSettings settings;
  settings.client_limit = make_rate_limit(rate, burst, 1);
  return settings;
}
ServiceSettings addresses(uint32_t rate, uint32_t burst) {
  ServiceSettings settings;
  settings.address_limit = make_rate_limit(rate, burst, 1);
  return settings;
}

TEST_F(RateCheckTest, NothingIsLimitedUnlessAsked) {
  for (int i = 0; i < 500; ++i) ASSERT_EQ(wrong(kHere), 401);
  EXPECT_EQ(right(kHere), 200);
}

TEST_F(RateCheckTest, AnAddressThatSpentItsFailuresIsRefusedBeforeASecretIsChecked) {
  limit(failures(1, 3));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(wrong(kHere), 401);
  EXPECT_EQ(wrong(kHere), 429);
  EXPECT_EQ(right(kHere), 429) << "or guessing would go on: the right secret would stand out";
  EXPECT_EQ(refused(RateLimitKind::kFailedAuthentication), 2u);
  EXPECT_EQ(metrics_.auth_failures[static_cast<size_t>(AuthFailure::kWrongSecret)].read(), 3u);
}

TEST_F(RateCheckTest, NobodyIsLockedOutByFailuresInHisName) {
  limit(failures(1, 3));
  for (int i = 0; i < 100; ++i) wrong(kHere, "c");
  EXPECT_EQ(right(kElsewhere, "c"), 200);
  EXPECT_EQ(wrong(kElsewhere, "c"), 401);
}

TEST_F(RateCheckTest, ARefusalIsA429ThatSaysWhenToComeBack) {
  limit(failures(1, 1));
  wrong(kHere);
  ASSERT_EQ(wrong(kHere), 429);
  EXPECT_NE(responder_.fields.find("Retry-After: 1\r\n"), std::string::npos) << responder_.fields;
  EXPECT_NE(responder_.fields.find("Cache-Control: no-store\r\n"), std::string::npos);
  EXPECT_EQ(responder_.fields.find("WWW-Authenticate"), std::string::npos);
  EXPECT_EQ(responder_.body, R"({"error":"temporarily_unavailable",)"
                             R"("error_description":"too many failed authentications from this address"})");
}

TEST_F(RateCheckTest, WhoWaitsAsToldIsServed) {
  ServiceSettings settings;
  settings.failed_authentication_limit = make_rate_limit(1, 1, 4);  // a token each four seconds
  limit(settings);
  wrong(kHere);
  ASSERT_EQ(right(kHere), 429);
  EXPECT_NE(responder_.fields.find("Retry-After: 4\r\n"), std::string::npos) << responder_.fields;
  now_ns_ += 4 * kSecond - 1;
  EXPECT_EQ(right(kHere), 429);
  now_ns_ += 1;
  EXPECT_EQ(right(kHere), 200);
}

TEST_F(RateCheckTest, RightSecretsSpendNoFailures) {
  limit(failures(1, 1));
  for (int i = 0; i < 100; ++i) ASSERT_EQ(right(kHere), 200);
}

TEST_F(RateCheckTest, AskingForTheChallengeIsNoFailure) {
  limit(failures(1, 1));
  for (int i = 0; i < 100; ++i) ASSERT_EQ(ask("", "", kHere), 401);
  EXPECT_EQ(right(kHere), 200);
}

// Else the limit would tell which secret is right.
TEST_F(RateCheckTest, EveryRefusedCredentialCountsAlike) {
  limit(failures(1, 2));
  EXPECT_EQ(right(1, "disabled"), 401);
  EXPECT_EQ(right(1, "disabled"), 401);
  EXPECT_EQ(right(1, "disabled"), 429);
  EXPECT_EQ(wrong(2, "nobody"), 401);
  EXPECT_EQ(wrong(2, "nobody"), 401);
  EXPECT_EQ(wrong(2, "nobody"), 429);
  for (const int wanted : {401, 401, 429}) {
    FormRequest unreadable("/oauth2/token", "grant_type=client_credentials", "Basic !!!");
    EXPECT_EQ(answer(unreadable.fresh(), 3), wanted);
  }
}

TEST_F(RateCheckTest, PeersBehindProxiesAndUnixSocketsHaveNoAddress) {
  ServiceSettings settings = failures(1, 1);
  settings.address_limit = make_rate_limit(1, 1, 1);
  limit(settings);
  for (int i = 0; i < 100; ++i) ASSERT_EQ(wrong(std::nullopt), 401);
  EXPECT_EQ(right(std::nullopt), 200);
}

TEST_F(RateCheckTest, AClientIsLimitedWhereverItComesFrom) {
  limit(clients(1, 2));
  EXPECT_EQ(right(kHere), 200);
  EXPECT_EQ(right(kElsewhere), 200);
  EXPECT_EQ(right(std::nullopt), 429);
  EXPECT_NE(responder_.body.find("too many requests of this client"), std::string::npos);
  EXPECT_EQ(right(kHere, "d"), 200) << "another client is not concerned";
  EXPECT_EQ(refused(RateLimitKind::kClient), 1u);
  now_ns_ += kSecond;
  EXPECT_EQ(right(kHere), 200);
}

TEST_F(RateCheckTest, WrongSecretsDoNotSpendTheClientsTokens) {
  limit(clients(1, 1));
  for (int i = 0; i < 100; ++i) ASSERT_EQ(wrong(kHere), 401);
  EXPECT_EQ(right(kElsewhere), 200);
}

TEST_F(RateCheckTest, AnAddressIsLimitedWhoeverAsks) {
  limit(addresses(1, 3));
  EXPECT_EQ(right(kHere, "c"), 200);
  EXPECT_EQ(right(kHere, "d"), 200);
  EXPECT_EQ(wrong(kHere), 401);
  EXPECT_EQ(right(kHere, "c"), 429);
  EXPECT_NE(responder_.body.find("too many requests from this address"), std::string::npos);
  EXPECT_EQ(refused(RateLimitKind::kAddress), 1u);
  EXPECT_EQ(right(kElsewhere, "c"), 200);
}

TEST_F(RateCheckTest, ABatchPaysOnceForHeadAndBody) {
  ServiceSettings settings = clients(1, 2);
  settings.address_limit = make_rate_limit(1, 2, 1);
  limit(settings);
  EXPECT_EQ(batch(kSecret), 200);
  EXPECT_EQ(batch(kSecret), 200);
  EXPECT_EQ(batch_head(kSecret), 429) << "its body is not read";
}

TEST_F(RateCheckTest, GuessingAtTheHeadOfABatchCounts) {
  limit(failures(1, 2));
  EXPECT_EQ(batch_head("wrong"), 401);
  EXPECT_EQ(batch_head("wrong"), 401);
  EXPECT_EQ(batch_head("wrong"), 429);
  EXPECT_EQ(batch_head(kSecret), 429);
}

TEST_F(RateCheckTest, DocumentsAreServedToAnAddressThatIsRefused) {
  limit(failures(1, 1));
  wrong(kHere);
  ASSERT_EQ(wrong(kHere), 429);
  http::Request request;
  request.method = http::Method::kGet;
  request.path = "/.well-known/jwks.json";
  EXPECT_EQ(answer(request, kHere), 200);
}

TEST_F(RateCheckTest, AReloadTakesOverWhatIsCounted) {
  limit(failures(1, 2));
  wrong(kHere);
  wrong(kHere);
  ASSERT_EQ(wrong(kHere), 429);
  limit({});
  EXPECT_EQ(wrong(kHere), 401);
  limit(failures(1, 2));
  EXPECT_EQ(wrong(kHere), 429) << "switching it off and on again is no pardon";
}

TEST_F(RateCheckTest, ATenantsClientsShareItsRate) {
  keystore_.limit_tenant(0, "default", {.rate_per_s = 1, .burst = 3});
  EXPECT_EQ(right(kHere, "c"), 200);
  EXPECT_EQ(right(kElsewhere, "d"), 200);
  EXPECT_EQ(right(std::nullopt, "c"), 200);
  EXPECT_EQ(right(kHere, "d"), 429);
  EXPECT_NE(responder_.fields.find("Retry-After: 1\r\n"), std::string::npos) << responder_.fields;
  EXPECT_EQ(refused(RateLimitKind::kTenant), 1u);
  now_ns_ += kSecond;
  EXPECT_EQ(right(kHere, "d"), 200);
  EXPECT_EQ(right(kHere, "c"), 429);
}

TEST_F(RateCheckTest, ABurstOfNoneIsASecondsWorth) {
  keystore_.limit_tenant(0, "default", {.rate_per_s = 2});
  EXPECT_EQ(right(kHere), 200);
  EXPECT_EQ(right(kHere), 200);
  EXPECT_EQ(right(kHere), 429);
}

TEST_F(RateCheckTest, ATenantsRateIsDividedAmongTheWorkers) {
  limit({.workers = 4});
  keystore_.limit_tenant(0, "default", {.rate_per_s = 4, .burst = 1});
  EXPECT_EQ(right(kHere), 200);
  now_ns_ += kSecond - 1;
  EXPECT_EQ(right(kHere), 429) << "a quarter of it";
  now_ns_ += 1;
  EXPECT_EQ(right(kHere), 200);
}

TEST_F(RateCheckTest, NobodyLocksATenantOutByFailingInItsName) {
  keystore_.limit_tenant(0, "default", {.rate_per_s = 1, .burst = 1});
  for (int i = 0; i < 20; ++i) EXPECT_EQ(wrong(std::nullopt), 401);
  EXPECT_EQ(wrong(std::nullopt, "nobody"), 401);
  EXPECT_EQ(right(std::nullopt, "disabled"), 401);
  EXPECT_EQ(ask("", "", std::nullopt), 401);
  EXPECT_EQ(right(std::nullopt), 200);
}

TEST_F(RateCheckTest, OneTenantsRateIsNotAnothers) {
  keystore_.limit_tenant(7, "acme", {.rate_per_s = 1, .burst = 1});
  for (int i = 0; i < 20; ++i) EXPECT_EQ(right(kHere), 200);
  EXPECT_EQ(refused(RateLimitKind::kTenant), 0u);
}

TEST_F(RateCheckTest, WhoIsRefusedByOneBucketTakesNothingFromTheOther) {
  limit({.client_limit = make_rate_limit(1, 2, 1)});
  keystore_.limit_tenant(0, "default", {.rate_per_s = 1, .burst = 3});
  EXPECT_EQ(right(kHere, "c"), 200);
  EXPECT_EQ(right(kHere, "c"), 200);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(right(kHere, "c"), 429) << "its own limit";
  EXPECT_EQ(refused(RateLimitKind::kClient), 5u);
  EXPECT_EQ(right(kHere, "d"), 200) << "the tenant's third";
  EXPECT_EQ(right(kHere, "d"), 429);
  EXPECT_EQ(refused(RateLimitKind::kTenant), 1u);
  keystore_.limit_tenant(0, "default", {});
  EXPECT_EQ(right(kHere, "d"), 200) << "the refusal of the tenant left its second token";
  EXPECT_EQ(right(kHere, "d"), 429);
}

TEST_F(RateCheckTest, ABatchTakesOneTokenOfItsTenant) {
  keystore_.limit_tenant(0, "default", {.rate_per_s = 1, .burst = 2});
  EXPECT_EQ(batch(kSecret), 200);
  EXPECT_EQ(batch(kSecret), 200);
  EXPECT_EQ(batch_head(kSecret), 429);
}

}  // namespace
}  // namespace signet
