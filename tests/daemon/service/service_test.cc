// The public handler over a keystore in memory: what waits is looked at again, and one client cannot take all.
#include "daemon/service/service.h"

#include <gtest/gtest.h>

#include "tests/support/exchange.h"
#include "tests/support/memory_keystore.h"

namespace signet {
namespace {

constexpr std::string_view kSecret = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";

class ServiceTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_TRUE(signing_start() && digest_start()); }

  ServiceTest() {
    keystore_.add_key(JwsAlgorithm::kEdDSA);
    keystore_.add_client(client(), kSecret);
  }
  static Client client() {
    Client client;
    client.client_id = "c";
    client.scope = "a.read";
    client.audiences = {"urn:demo"};
    return client;
  }
  void ask(uint32_t slot = 0) {
    http::Request& fresh = request_.fresh();
    fresh.id = {slot, 1, 0};
    service_->on_request(fresh, responder_);
  }
  void batch(std::string_view body, uint32_t slot = 0) {
    batch_body_.assign(body);
    http::Request request;
    request.id = {slot, 1, 0};
    request.method = http::Method::kPost;
    request.path = "/oauth2/token/batch";
    request.content_type = "application/json";
    request.authorization = authorization_;
    request.body = {batch_body_.data(), batch_body_.size()};
    service_->on_request(request, responder_);
  }
  static std::string entries(size_t count) {
    std::string body = "[{}";
    for (size_t i = 1; i < count; ++i) body += ",{}";
    return body + "]";
  }
  void drain() {
    for (int i = 0; i < 10'000 && service_->after_poll(responder_); ++i) {
    }
  }

  MemoryKeystore keystore_{1};
  ServiceShared shared_{ServiceSettings{.batch_entries_max = 200, .batch_entries_per_client = 250}};
  WorkerMetrics metrics_;
  std::unique_ptr<Service> service_ = std::make_unique<Service>(keystore_, 0, metrics_, shared_, 1000);
  RecordingResponder responder_;
  std::string authorization_ = basic_authorization("c", kSecret);
  FormRequest request_{"/oauth2/token", "grant_type=client_credentials", authorization_};
  std::string batch_body_;
};

TEST_F(ServiceTest, AnswersInTheIterationThatRead) {
  ask(7);
  EXPECT_EQ(responder_.answers, 0u);
  EXPECT_FALSE(service_->after_poll(responder_));
  EXPECT_EQ(responder_.status, 200);
  EXPECT_EQ(responder_.last_id.slot, 7u);
}

TEST_F(ServiceTest, SignsNothingForPeersThatHungUpWhileTheirJobsWaited) {
  for (uint32_t i = 0; i < 500; ++i) ask(i);
  EXPECT_TRUE(service_->after_poll(responder_)) << "one iteration cannot sign them all";
  const uint64_t signed_before = metrics_.tokens[static_cast<size_t>(JwsAlgorithm::kEdDSA)].read();
  EXPECT_GT(signed_before, 0u);
  EXPECT_LT(signed_before, 500u);
  responder_.peer_waits = false;
  drain();
  EXPECT_EQ(metrics_.tokens[static_cast<size_t>(JwsAlgorithm::kEdDSA)].read(), signed_before);
}

TEST_F(ServiceTest, AClientChangedWhileItsJobsWaitedGets503) {
  for (uint32_t i = 0; i < 500; ++i) ask(i);
  EXPECT_TRUE(service_->after_poll(responder_));
  Client disabled = client();
  disabled.flags = kClientDisabled;
  keystore_.add_client(disabled, kSecret);
  drain();
  EXPECT_EQ(responder_.status, 503);
  EXPECT_NE(responder_.fields.find("Retry-After"), std::string::npos);
}

TEST_F(ServiceTest, ABatchIsAnsweredWhole) {
  batch(entries(100));
  drain();
  EXPECT_EQ(responder_.status, 200);
  EXPECT_EQ(std::count(responder_.body.begin(), responder_.body.end(), '\n'), 100);
  EXPECT_EQ(responder_.body.find("\"error\""), std::string::npos);
}

TEST_F(ServiceTest, ABatchEndsWithTheClientThatAskedForIt) {
  batch(entries(200));
  EXPECT_TRUE(service_->after_poll(responder_));
  keystore_.add_client(client(), "another-secret-another-secret-another-secret");
  drain();
  EXPECT_EQ(responder_.status, 200);
  EXPECT_NE(responder_.body.find("\"access_token\""), std::string::npos) << "the first ones were issued";
  EXPECT_NE(responder_.body.find("\"invalid_client\""), std::string::npos) << "the rest must not be";
}

TEST_F(ServiceTest, OneClientHasABoundedNumberOfBatchEntriesInFlight) {
  batch(entries(200), 1);
  EXPECT_EQ(responder_.answers, 0u);
  batch(entries(60), 2);
  EXPECT_EQ(responder_.status, 429);
  EXPECT_NE(responder_.fields.find("Retry-After"), std::string::npos);
  drain();
  batch(entries(60), 3);
  drain();
  EXPECT_EQ(responder_.status, 200);
}

TEST_F(ServiceTest, ABatchOfMoreEntriesThanAllowedIsRefusedWhole) {
  batch(entries(201));
  EXPECT_EQ(responder_.status, 400);
  EXPECT_FALSE(service_->after_poll(responder_));
}

TEST_F(ServiceTest, NothingIsIssuedWhileTheClockIsBehind) {
  shared_.may_issue = false;
  ask();
  EXPECT_EQ(responder_.status, 503);
  batch(entries(1));
  EXPECT_EQ(responder_.status, 503);
}

TEST_F(ServiceTest, CountsFailedAuthenticationsByReason) {
  FormRequest unknown("/oauth2/token", "grant_type=client_credentials", basic_authorization("nobody", kSecret));
  FormRequest wrong("/oauth2/token", "grant_type=client_credentials", basic_authorization("c", "wrong"));
  FormRequest none("/oauth2/token", "grant_type=client_credentials", "");
  service_->on_request(unknown.fresh(), responder_);
  const std::string body = responder_.body;
  service_->on_request(wrong.fresh(), responder_);
  EXPECT_EQ(responder_.body, body);
  service_->on_request(none.fresh(), responder_);
  const auto count = [&](AuthFailure reason) { return metrics_.auth_failures[static_cast<size_t>(reason)].read(); };
  EXPECT_EQ(count(AuthFailure::kUnknownClient), 1u);
  EXPECT_EQ(count(AuthFailure::kWrongSecret), 1u);
  EXPECT_EQ(count(AuthFailure::kNoCredentials), 1u);
}

}  // namespace
}  // namespace signet
