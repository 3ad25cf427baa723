// Nova Post where its store, its clock or its patience is at an end. Names of the tests carry the section of the
// contract and the row of its table.
#include <gtest/gtest.h>

#include "daemon/dialect/dialect_load.h"
#include "daemon/service/service.h"
#include "tests/support/exchange.h"
#include "tests/support/memory_keystore.h"

namespace signet {
namespace {

class NovaPostTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_TRUE(signing_start() && digest_start()); }

  NovaPostTest() {
    auto loaded = load_dialects({.shipped = {"novapost"}, .directory = {}, .switches = {}});
    if (!loaded) throw std::runtime_error(loaded.error());
    dialects_.set.publish(std::move(loaded->set), keystore_.domain());
    keystore_.add_dialect_key(JwsAlgorithm::kHS256, "novapost");
    ServiceSettings settings;
    settings.failed_authentication_limit = make_rate_limit(1, 3, 1);
    shared_.settings.publish(std::make_unique<const ServiceSettings>(settings), keystore_.domain());
    service_ = std::make_unique<Service>(keystore_, 0, metrics_, shared_, 100, system_clock_ms, 64, &dialects_);
  }
  int ask(std::string_view path, std::string_view query, uint64_t network = 1, std::string_view authorization = {}) {
    http::Request request;
    request.method_text = "GET";
    request.path = path;
    request.query = query;
    request.has_query = true;
    request.authorization = authorization;
    const std::array<http::HeaderField, 1> fields{{{"Authorization", authorization}}};
    if (!authorization.empty()) request.fields = fields;
    request.peer_address = "192.0.2.1";
    request.peer_network = network;
    request.arrived_ns = monotonic_ns();
    service_->on_request(request, responder_);
    service_->after_poll(responder_);
    return responder_.status;
  }
  bool answered(std::string_view field) const { return responder_.fields.find(field) != std::string::npos; }

  MemoryKeystore keystore_{1};
  WorkerMetrics metrics_;
  ServiceShared shared_{ServiceSettings{}};
  DialectShared dialects_;
  std::unique_ptr<Service> service_;
  RecordingResponder responder_;
};

constexpr std::string_view kPath = "/v.1.0/clients/authorization";
constexpr std::string_view kWrongKey = "apiKey=0123456789abcdef0123456789abcdef";

TEST_F(NovaPostTest, C3_2_Row3_WhatCannotBeDecidedIs503) {
  shared_.may_issue = false;
  EXPECT_EQ(ask("/verify", "dialect=novapost", 1, "eyJh.eyJh.AAAA"), 503);
  EXPECT_EQ(responder_.body, R"({"errors":{"errorMessage":"Connection time-out"},"error":"temporarily_unavailable"})");
  EXPECT_TRUE(answered("Retry-After: "));
}

TEST_F(NovaPostTest, C3_2_Row6_TooManyWrongKeysOfOneAddressAre429) {
  for (int n = 0; n < 3; ++n) EXPECT_EQ(ask(kPath, kWrongKey), 401);
  EXPECT_EQ(ask(kPath, kWrongKey), 429);
  EXPECT_TRUE(answered("Retry-After: "));
  EXPECT_TRUE(responder_.body.starts_with(R"({"errors":{"errorMessage":)")) << responder_.body;
  EXPECT_EQ(ask(kPath, kWrongKey, 2), 401) << "another address does not notice";
  EXPECT_EQ(ask(kPath, ""), 429) << "nothing is looked at any more";
}

TEST_F(NovaPostTest, NoRowOfAnotherSystemIsEverSent) {
  for (const auto& [path, query] :
       std::vector<std::pair<std::string_view, std::string_view>>{{kPath, ""},
                                                                  {kPath, "apiKey="},
                                                                  {kPath, kWrongKey},
                                                                  {kPath, "apiKey=%zz"},
                                                                  {"/verify", "dialect=novapost"}}) {
    ask(path, query, 77);
    EXPECT_TRUE(responder_.body.starts_with(R"({"errors":{)")) << path << query << responder_.body;
    EXPECT_NE(responder_.body.find(R"("error":")"), std::string::npos) << responder_.body;
    EXPECT_TRUE(answered("no-store"));
  }
}

TEST_F(NovaPostTest, ADialectThatIsNotServedIsNoPath) {
  EXPECT_EQ(ask("/vqr/api/token_generate", ""), 404);
  EXPECT_EQ(ask("/verify", "dialect=vietqr"), 404);
  EXPECT_EQ(ask("/v.1.0/clients", ""), 404);
  EXPECT_EQ(ask("/t/nobody/v.1.0/clients/authorization", kWrongKey), 404);
}

}  // namespace
}  // namespace signet
