// No token is answered before its record is kept: the public handler over a recorder that takes its time, or fails.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "daemon/endpoint/issuance_hold.h"
#include "daemon/service/service.h"
#include "protocol/json/reader.h"
#include "tests/support/exchange.h"
#include "tests/support/memory_keystore.h"

namespace signet {
namespace {

constexpr std::string_view kSecret = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";

// Keeps batches until it is told to complete them.
class SlowRecorder final : public IssuanceRecorder {
 public:
  void record(IssuanceBatch& batch) override { batches.push_back(&batch); }
  void complete_first(bool recorded) {
    IssuanceBatch* batch = batches.front();
    batches.erase(batches.begin());
    lines += batch->lines;
    batch->recorded = recorded;
    batch->completed();
  }
  void complete_all(bool recorded) {
    while (!batches.empty()) complete_first(recorded);
  }
  std::vector<IssuanceBatch*> batches;
  std::string lines;
};

class IssuanceAuditTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_TRUE(signing_start() && digest_start()); }

  IssuanceAuditTest() {
    keystore_.add_key(JwsAlgorithm::kEdDSA);
    Client client;
    client.client_id = "c";
    client.scope = "a.read";
    client.audiences = {"urn:demo"};
    keystore_.add_client(client, kSecret);
    shared_.issuance = &recorder_;
    service_ = std::make_unique<Service>(keystore_, 0, metrics_, shared_, 5000);
  }
  ~IssuanceAuditTest() override {
    recorder_.complete_all(false);
    service_.reset();
  }
  void ask(uint32_t slot = 0) {
    http::Request& fresh = request_.fresh();
    fresh.id = {slot, 1, 0};
    service_->on_request(fresh, responder_);
  }
  void batch(std::string_view body) {
    batch_body_.assign(body);
    http::Request request;
    request.id = {9, 1, 0};
    request.method = http::Method::kPost;
    request.path = "/oauth2/token/batch";
    request.content_type = "application/json";
    request.authorization = authorization_;
    request.body = {batch_body_.data(), batch_body_.size()};
    service_->on_request(request, responder_);
  }
  void iterate(int times = 50) {
    for (int i = 0; i < times; ++i) service_->after_poll(responder_);
  }
  uint64_t tokens() const { return metrics_.tokens[static_cast<size_t>(JwsAlgorithm::kEdDSA)].read(); }

  SlowRecorder recorder_;
  MemoryKeystore keystore_{1};
  ServiceShared shared_{ServiceSettings{.batch_entries_max = 200, .batch_entries_per_client = 250}};
  WorkerMetrics metrics_;
  std::unique_ptr<Service> service_;
  RecordingResponder responder_;
  std::string authorization_ = basic_authorization("c", kSecret);
  FormRequest request_{"/oauth2/token", "grant_type=client_credentials", authorization_};
  std::string batch_body_;
};

TEST_F(IssuanceAuditTest, ATokenIsNotAnsweredBeforeItsRecordIsKept) {
  ask(7);
  iterate();
  EXPECT_EQ(responder_.answers, 0U);
  ASSERT_EQ(recorder_.batches.size(), 1U);
  recorder_.complete_first(true);
  iterate(1);
  EXPECT_EQ(responder_.answers, 1U);
  EXPECT_EQ(responder_.status, 200);
  EXPECT_EQ(responder_.last_id.slot, 7U);
  EXPECT_EQ(tokens(), 1U);
}

TEST_F(IssuanceAuditTest, WithoutARecordThereIsNoTokenBut503) {
  ask();
  iterate();
  recorder_.complete_first(false);
  iterate(1);
  EXPECT_EQ(responder_.status, 503);
  EXPECT_NE(responder_.fields.find("Retry-After"), std::string::npos);
  EXPECT_EQ(responder_.body.find("access_token"), std::string::npos);
  EXPECT_EQ(tokens(), 0U);
  EXPECT_EQ(metrics_.tokens_not_recorded.read(), 1U);
  EXPECT_EQ(metrics_.signing_failures.read(), 0U);
}

TEST_F(IssuanceAuditTest, TheRecordNamesTheTokenThatIsAnswered) {
  ask();
  iterate(1);
  recorder_.complete_first(true);
  iterate(1);
  const auto record = read_json(std::string_view(recorder_.lines).substr(0, recorder_.lines.size() - 1));
  ASSERT_TRUE(record) << recorder_.lines;
  EXPECT_EQ(*record->find_string("client_id"), "c");
  EXPECT_EQ(*record->find_string("endpoint"), "token");
  EXPECT_EQ(*record->find_string("grant"), "client_credentials");
  const auto answer = read_json(responder_.body);
  const std::string token = *answer->find_string("access_token");
  std::string claims(token.size(), '\0');
  const size_t dot = token.find('.') + 1;
  const auto size = base64url_decode(std::string_view(token).substr(dot, token.find('.', dot) - dot),
                                     {reinterpret_cast<uint8_t*>(claims.data()), claims.size()});
  const auto read = read_json(std::string_view(claims).substr(0, size.value_or(0)));
  ASSERT_TRUE(read);
  EXPECT_EQ(*record->find_string("jti"), *read->find_string("jti"));
  EXPECT_EQ(record->find("exp")->as_integer(), read->find("exp")->as_integer());
  EXPECT_EQ(*record->find_string("scope"), *read->find_string("scope"));
}

TEST_F(IssuanceAuditTest, ARecordHoldsNeitherTokenNorSecret) {
  ask();
  batch("[{},{}]");
  iterate();
  recorder_.complete_all(true);
  iterate();
  recorder_.complete_all(true);
  EXPECT_EQ(recorder_.lines.find("eyJ"), std::string::npos);
  EXPECT_EQ(recorder_.lines.find(kSecret), std::string::npos);
  EXPECT_EQ(std::ranges::count(recorder_.lines, '\n'), 3);
}

TEST_F(IssuanceAuditTest, WhatAnIterationSignsIsHandedOverTogether) {
  for (uint32_t i = 0; i < 10; ++i) ask(i);
  iterate(1);
  ASSERT_EQ(recorder_.batches.size(), 1U);
  EXPECT_EQ(recorder_.batches[0]->count, 10U);
  recorder_.complete_first(true);
  iterate(1);
  EXPECT_EQ(responder_.answers, 10U);
}

TEST_F(IssuanceAuditTest, WhileTwoAreUnderWayWhatFollowsIsCollected) {
  for (uint32_t i = 0; i < 6; ++i) {
    ask(i);
    iterate(1);
  }
  ASSERT_EQ(recorder_.batches.size(), IssuanceHold::kUnderWayMax);
  recorder_.complete_first(true);
  iterate(1);
  ASSERT_EQ(recorder_.batches.size(), 2U);
  EXPECT_EQ(recorder_.batches[1]->count, 4U);
  recorder_.complete_all(true);
  iterate(1);
  EXPECT_EQ(responder_.answers, 6U);
}

TEST_F(IssuanceAuditTest, AFullBatchIsHandedOverWhateverIsUnderWay) {
  constexpr uint32_t kAsked = 3 * IssuanceHold::kTogetherMax;
  for (uint32_t i = 0; i < kAsked; ++i) ask(i);
  iterate(200);
  ASSERT_GT(recorder_.batches.size(), IssuanceHold::kUnderWayMax);
  EXPECT_EQ(recorder_.batches[IssuanceHold::kUnderWayMax]->count, IssuanceHold::kTogetherMax);
  while (!recorder_.batches.empty()) {
    recorder_.complete_all(true);
    iterate();
  }
  EXPECT_EQ(responder_.answers, kAsked);
}

TEST_F(IssuanceAuditTest, ABatchRequestWaitsForAllItsRecords) {
  batch("[{},{},{}]");
  iterate();
  EXPECT_EQ(responder_.answers, 0U);
  recorder_.complete_all(true);
  iterate();
  EXPECT_EQ(responder_.status, 200);
  EXPECT_EQ(std::ranges::count(responder_.body, '\n'), 3);
  EXPECT_EQ(responder_.body.find("error"), std::string::npos);
  EXPECT_NE(recorder_.lines.find(R"("endpoint":"token/batch")"), std::string::npos);
}

TEST_F(IssuanceAuditTest, EntriesOfABatchWithoutARecordHaveNoToken) {
  batch("[{},{},{}]");
  iterate();
  recorder_.complete_all(false);
  iterate();
  EXPECT_EQ(responder_.body.find("access_token"), std::string::npos);
  EXPECT_NE(responder_.body.find("temporarily_unavailable"), std::string::npos);
}

TEST_F(IssuanceAuditTest, JobsComeBackToTheirPool) {
  for (int round = 0; round < 30; ++round) {
    for (uint32_t i = 0; i < 400; ++i) ask(i);
    iterate(20);
    while (!recorder_.batches.empty()) {
      recorder_.complete_all(round % 2 == 0);
      iterate(20);
    }
  }
  EXPECT_EQ(responder_.answers, 30U * 400U) << "more than there are jobs: each was given back";
}

TEST_F(IssuanceAuditTest, WhatIsCollectedWhenTheWorkerEndsIsNeitherRecordedNorAnswered) {
  for (uint32_t i = 0; i < 3; ++i) {
    ask(i);
    iterate(1);
  }
  recorder_.complete_all(true);
  service_.reset();
  EXPECT_EQ(std::ranges::count(recorder_.lines, '\n'), 2);
  EXPECT_EQ(responder_.answers, 0U);
}

TEST(IssuanceAuditOff, NothingIsHeldWithoutARecorder) {
  ASSERT_TRUE(signing_start() && digest_start());
  MemoryKeystore keystore{1};
  keystore.add_key(JwsAlgorithm::kEdDSA);
  Client client;
  client.client_id = "c";
  client.scope = "a.read";
  keystore.add_client(client, kSecret);
  const ServiceShared shared{ServiceSettings{}};
  WorkerMetrics metrics;
  Service service(keystore, 0, metrics, shared, 100);
  RecordingResponder responder;
  FormRequest request("/oauth2/token", "grant_type=client_credentials", basic_authorization("c", kSecret));
  service.on_request(request.fresh(), responder);
  service.after_poll(responder);
  EXPECT_EQ(responder.status, 200) << "answered in the iteration that read it";
}

}  // namespace
}  // namespace signet
