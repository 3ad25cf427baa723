// What one client may have in the making by batches, and how large bodies may be.
#include <gtest/gtest.h>

#include "daemon/http/limits.h"
#include "daemon/service/service.h"
#include "tests/support/exchange.h"
#include "tests/support/memory_keystore.h"

namespace signet {
namespace {

constexpr std::string_view kSecret = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";

class BatchLimitTest : public testing::Test {
 protected:
  BatchLimitTest()
      : shared_({.batch_entries_per_client = 5, .body_size_max = 2048}),
        keystore_(1),
        service_(keystore_, 0, metrics_, shared_, 64) {
    keystore_.add_key(JwsAlgorithm::kEdDSA);
    for (const std::string_view client_id : {"one", "two"}) {
      Client client;
      client.client_id = client_id;
      keystore_.add_client(client, kSecret);
    }
  }
  static void SetUpTestSuite() { ASSERT_TRUE(signing_start() && digest_start()); }

  // The status of a batch of `entries`; 0 while it is in the making.
  int ask(std::string_view client_id, size_t entries) {
    std::string body = "[";
    for (size_t i = 0; i < entries; ++i) body += i == 0 ? "{}" : ",{}";
    FormRequest request("/oauth2/token/batch", body + "]", basic_authorization(client_id, kSecret));
    http::Request& fresh = request.fresh();
    fresh.content_type = "application/json";
    responder_.status = 0;
    service_.on_request(fresh, responder_);
    return responder_.status;
  }
  void finish() {
    while (service_.after_poll(responder_)) {
    }
  }

  ServiceShared shared_;
  WorkerMetrics metrics_;
  MemoryKeystore keystore_;
  RecordingResponder responder_;
  Service service_;
};

TEST_F(BatchLimitTest, RefusesMoreThanAClientMayHaveInFlight) {
  EXPECT_EQ(ask("one", 3), 0);
  EXPECT_EQ(ask("one", 3), 429);
  EXPECT_NE(responder_.fields.find("Retry-After: 1\r\n"), std::string::npos);
  EXPECT_EQ(responder_.body.find("access_token"), std::string::npos);
  EXPECT_EQ(ask("one", 2), 0) << "a refused batch takes nothing of what is left";
  EXPECT_EQ(ask("one", 1), 429);
}

TEST_F(BatchLimitTest, RefusesOneBatchAboveTheLimit) { EXPECT_EQ(ask("one", 6), 429); }

TEST_F(BatchLimitTest, TakesNothingFromOtherClients) {
  EXPECT_EQ(ask("one", 5), 0);
  EXPECT_EQ(ask("two", 5), 0);
}

TEST_F(BatchLimitTest, GivesBackWhatWasAnswered) {
  EXPECT_EQ(ask("one", 5), 0);
  finish();
  EXPECT_EQ(responder_.status, 200);
  EXPECT_EQ(ask("one", 5), 0);
}

TEST_F(BatchLimitTest, GivesBackWhatNobodyWaitsFor) {
  EXPECT_EQ(ask("one", 5), 0);
  responder_.peer_waits = false;
  finish();
  EXPECT_EQ(ask("one", 5), 0);
}

TEST_F(BatchLimitTest, OnlyAnAuthenticatedBatchMayBeLarge) {
  FormRequest known("/oauth2/token/batch", "", basic_authorization("one", kSecret));
  EXPECT_EQ(service_.on_head(known.fresh(), responder_), http::kBatchBodySizeMax);
  FormRequest unknown("/oauth2/token/batch", "", basic_authorization("nobody", kSecret));
  EXPECT_EQ(service_.on_head(unknown.fresh(), responder_), std::nullopt);
  EXPECT_EQ(responder_.status, 401);
  for (const std::string_view path : {"/oauth2/token", "/nothing", "/t/none/oauth2/token/batch"}) {
    FormRequest other(path, "", basic_authorization("one", kSecret));
    EXPECT_EQ(service_.on_head(other.fresh(), responder_), 2048U) << path;
  }
  FormRequest wrong_method("/oauth2/token/batch", "", {});
  wrong_method.fresh().method = http::Method::kGet;
  EXPECT_EQ(service_.on_head(wrong_method.fresh(), responder_), 2048U);
}

}  // namespace
}  // namespace signet
