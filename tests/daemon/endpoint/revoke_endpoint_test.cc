// POST /oauth2/revoke over a store that a test answers for: what reaches it, and what each of its answers becomes.
#include <gtest/gtest.h>

#include <thread>

#include "daemon/service/service.h"
#include "protocol/json/reader.h"
#include "tests/support/exchange.h"
#include "tests/support/fake_store.h"
#include "tests/support/memory_keystore.h"

namespace signet {
namespace {

constexpr std::string_view kSecret = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";

// Keeps what is asked until the test answers it.
class WaitingStore final : public FakeStore {
 public:
  void revoke(AuditActor actor, Revocation revocation, StoreDone<RevocationOutcome> done) override {
    actors.push_back(std::move(actor));
    asked.push_back(std::move(revocation));
    if (busy) return done(std::unexpected(StoreError{StoreErrorKind::kBusy, "queue full"}));
    waiting.push_back(std::move(done));
  }
  void answer_all(std::expected<RevocationOutcome, StoreError> result) {
    for (auto& done : waiting) done(result);
    waiting.clear();
  }

  std::vector<AuditActor> actors;
  std::vector<Revocation> asked;
  std::vector<StoreDone<RevocationOutcome>> waiting;
  bool busy = false;
};

class RevokeEndpointTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_TRUE(signing_start() && digest_start()); }

  RevokeEndpointTest() {
    keystore_.use_store(store_);
    keystore_.add_key(JwsAlgorithm::kEdDSA);
    for (const char* id : {"c", "d"}) {
      Client client;
      client.client_id = id;
      client.audiences = {"urn:demo"};
      keystore_.add_client(client, kSecret);
    }
  }
  std::string token(std::string_view client = "c") {
    FormRequest request("/oauth2/token", "grant_type=client_credentials", basic_authorization(client, kSecret));
    service_->on_request(request.fresh(), responder_);
    service_->after_poll(responder_);
    const auto body = read_json(responder_.body);
    responder_.answers = 0;
    responder_.status = 0;
    return *body->find_string("access_token");
  }
  void revoke(const std::string& form, std::string_view client = "c", uint32_t slot = 5) {
    FormRequest request("/oauth2/revoke", form, basic_authorization(client, kSecret));
    http::Request& fresh = request.fresh();
    fresh.id = {slot, 1, 0};
    service_->on_request(fresh, responder_);
  }
  // What an answer of the store becomes.
  int status_of(std::expected<RevocationOutcome, StoreError> result) {
    revoke("token=" + token());
    store_.answer_all(std::move(result));
    service_->after_poll(responder_);
    return responder_.status;
  }
  static std::unexpected<StoreError> failure(StoreErrorKind kind) { return std::unexpected(StoreError{kind, "why"}); }

  WaitingStore store_;
  MemoryKeystore keystore_{1};
  ServiceShared shared_{ServiceSettings{}};
  WorkerMetrics metrics_;
  std::unique_ptr<Service> service_ = std::make_unique<Service>(keystore_, 0, metrics_, shared_, 1000);
  RecordingResponder responder_;
};

TEST_F(RevokeEndpointTest, IsAnsweredOnlyOnceTheStoreHasAnswered) {
  const std::string text = token();
  revoke("token=" + text);
  for (int i = 0; i < 3; ++i) service_->after_poll(responder_);
  EXPECT_EQ(responder_.answers, 0u);
  ASSERT_EQ(store_.asked.size(), 1u);
  EXPECT_EQ(store_.asked[0].kind, RevocationKind::kToken);
  EXPECT_EQ(store_.asked[0].value.size(), 22u);
  EXPECT_EQ(store_.asked[0].client_id, "c");
  EXPECT_GT(store_.asked[0].expires_at, system_clock_ms() / 1000 + 800);
  EXPECT_EQ(store_.actors[0].via, "revocation-endpoint");
  std::thread committer([&] { store_.answer_all(RevocationOutcome{.fresh = true}); });
  committer.join();
  EXPECT_EQ(responder_.answers, 0u) << "on the worker's own loop";
  service_->after_poll(responder_);
  EXPECT_EQ(responder_.answers, 1u);
  EXPECT_EQ(responder_.status, 200);
  EXPECT_EQ(responder_.body, "");
  EXPECT_EQ(responder_.last_id.slot, 5u);
  EXPECT_NE(responder_.fields.find("no-store"), std::string::npos);
}

TEST_F(RevokeEndpointTest, NoFailureOfTheStoreIsA200) {
  EXPECT_EQ(status_of(failure(StoreErrorKind::kUnavailable)), 503);
  EXPECT_NE(responder_.fields.find("Retry-After: 5"), std::string::npos);
  EXPECT_NE(responder_.body.find("temporarily_unavailable"), std::string::npos);
  EXPECT_EQ(status_of(failure(StoreErrorKind::kBusy)), 503);
  EXPECT_EQ(status_of(failure(StoreErrorKind::kConflict)), 500);
  EXPECT_EQ(status_of(failure(StoreErrorKind::kInvalid)), 400);
  EXPECT_NE(responder_.body.find("invalid_grant"), std::string::npos);
  EXPECT_EQ(status_of(failure(StoreErrorKind::kNotFound)), 200) << "it is gone";
  EXPECT_EQ(status_of(RevocationOutcome{.fresh = false}), 200) << "it was over already";
}

TEST_F(RevokeEndpointTest, AFullQueueIs503WithRetryAfter) {
  const std::string text = token();
  store_.busy = true;
  revoke("token=" + text);
  service_->after_poll(responder_);
  EXPECT_EQ(responder_.status, 503);
  EXPECT_NE(responder_.fields.find("Retry-After: 1"), std::string::npos);
}

TEST_F(RevokeEndpointTest, WhatIsNoLiveTokenOfOursCostsNoStoreAccess) {
  const std::string text = token();
  std::string forged = text;
  forged[forged.size() - 10] = forged[forged.size() - 10] == 'A' ? 'B' : 'A';
  for (const std::string& bad : {forged, text.substr(0, 60), std::string("x"), std::string(83, 'A'), text + ".x"}) {
    for (const char* hint : {"", "&token_type_hint=refresh_token", "&token_type_hint=access_token"}) {
      responder_.status = 0;
      revoke("token=" + bad + hint);
      EXPECT_EQ(responder_.status, 200) << "at once";
    }
  }
  EXPECT_TRUE(store_.asked.empty());
}

TEST_F(RevokeEndpointTest, AnExpiredTokenNeedsNoEntry) {
  const std::string text = token(), other = token("d");
  // Its lifetime and the skew have passed.
  service_ = std::make_unique<Service>(keystore_, 0, metrics_, shared_, 1000,
                                       [] { return system_clock_ms() + (900 + 60) * 1000; });
  for (const std::string& each : {text, other}) {
    responder_.status = 0;
    revoke("token=" + each);
    EXPECT_EQ(responder_.status, 200);
  }
  EXPECT_TRUE(store_.asked.empty());
}

TEST_F(RevokeEndpointTest, AnotherClientsTokenIsRefusedWithoutStoreAccess) {
  const std::string text = token("d");
  revoke("token=" + text, "c");
  EXPECT_EQ(responder_.status, 400);
  EXPECT_NE(responder_.body.find("invalid_grant"), std::string::npos);
  EXPECT_TRUE(store_.asked.empty());
}

TEST_F(RevokeEndpointTest, WhatIsInTheIndexIsAnsweredAtOnce) {
  const std::string text = token();
  keystore_.revocation_index().add({.kind = RevocationKind::kClient,
                                    .value = "c",
                                    .issued_before_ms = system_clock_ms() + 1000,
                                    .expires_at = system_clock_ms() / 1000 + 1000});
  revoke("token=" + text);
  EXPECT_EQ(responder_.status, 200);
  EXPECT_TRUE(store_.asked.empty());
}

TEST_F(RevokeEndpointTest, ABoundedNumberWaits) {
  const std::string text = token();
  for (size_t i = 0; i < RevokeEndpoint::kInFlightMax; ++i) revoke("token=" + text);
  EXPECT_EQ(responder_.answers, 0u);
  revoke("token=" + text);
  EXPECT_EQ(responder_.status, 503);
  EXPECT_EQ(store_.asked.size(), RevokeEndpoint::kInFlightMax);
  store_.answer_all(RevocationOutcome{.fresh = true});
  service_->after_poll(responder_);
  EXPECT_EQ(responder_.answers, RevokeEndpoint::kInFlightMax + 1);
  responder_.status = 0;
  revoke("token=" + text);
  EXPECT_EQ(responder_.status, 0) << "there is room again";
  store_.answer_all(RevocationOutcome{.fresh = true});
}

TEST_F(RevokeEndpointTest, AnswersThatComeAfterTheLoopEndedAreLetGo) {
  revoke("token=" + token());
  store_.answer_all(RevocationOutcome{.fresh = true});
  service_.reset();
  EXPECT_EQ(responder_.answers, 0u);
}

}  // namespace
}  // namespace signet
