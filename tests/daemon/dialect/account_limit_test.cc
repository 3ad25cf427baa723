// Wrong passwords of one account from one address are throttled, however its name is spelt; nobody else notices.
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "daemon/dialect/dialect_load.h"
#include "daemon/dialect/password_pool.h"
#include "daemon/service/service.h"
#include "tests/support/exchange.h"
#include "tests/support/memory_keystore.h"

namespace signet {
namespace {

class AccountLimitTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_TRUE(signing_start() && digest_start()); }

  AccountLimitTest() : pool_(keystore_.passwords()) {
    auto loaded = load_dialects({.shipped = {"vietqr"}, .directory = {}, .switches = {}});
    if (!loaded) throw std::runtime_error(loaded.error());
    dialects_.set.publish(std::move(loaded->set), keystore_.domain());
    dialects_.passwords = &pool_;
    keystore_.add_dialect_key(JwsAlgorithm::kHS512, "vietqr");
    for (const std::string_view id : {"anna", "bert"}) {
      Client client;
      client.client_id = id;
      client.password = keystore_.passwords().hash(0, id, "sesame");
      keystore_.put_client(client);
    }
    ServiceSettings settings;
    settings.failed_authentication_limit = make_rate_limit(1000, 1000, 1);  // not what is looked at here
    shared_.settings.publish(std::make_unique<const ServiceSettings>(settings), keystore_.domain());
    service_ = std::make_unique<Service>(keystore_, 0, metrics_, shared_, 100, system_clock_ms, 64, &dialects_);
    service_->mailbox().set_wake([] {});
  }
  ~AccountLimitTest() override { pool_.stop(); }

  int ask(std::string_view id, std::string_view password, uint64_t network = 1) {
    const std::string authorization = basic_authorization(id, password);
    http::Request request;
    request.method = http::Method::kPost;
    request.method_text = "POST";
    request.path = "/vqr/api/token_generate";
    request.authorization = authorization;
    request.peer_address = "192.0.2.1";
    request.peer_network = network;
    request.arrived_ns = monotonic_ns();
    const size_t before = responder_.answers;
    service_->on_request(request, responder_);
    while (responder_.answers == before) {
      service_->after_poll(responder_);
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return responder_.status;
  }

  MemoryKeystore keystore_{1};
  WorkerMetrics metrics_;
  ServiceShared shared_{ServiceSettings{}};
  DialectShared dialects_;
  PasswordPool pool_;
  std::unique_ptr<Service> service_;
  RecordingResponder responder_;
};

TEST_F(AccountLimitTest, FiveWrongOnesThenNoMoreFromThereHoweverTheNameIsSpelt) {
  for (const std::string_view spelling : {"anna", "%61nna", "a%6Ena", "an%6ea", "ann%61"}) {
    EXPECT_EQ(ask(spelling, "wrong"), 401) << spelling;
  }
  for (const std::string_view spelling : {"anna", "%61nn%61", "a%6E%6Ea"}) {
    EXPECT_EQ(ask(spelling, "wrong"), 429) << spelling;
  }
  EXPECT_EQ(ask("anna", "sesame"), 429) << "the right one would stand out";
  EXPECT_EQ(ask("anna", "sesame", 2), 200) << "from elsewhere the account is open";
  EXPECT_EQ(ask("bert", "sesame"), 200) << "another account of the same address";
}

TEST_F(AccountLimitTest, ARightPasswordIsRememberedAndADisabledAccountIsNot) {
  EXPECT_EQ(ask("anna", "sesame"), 200);
  const size_t misses = metrics_.auth_failures[static_cast<size_t>(AuthFailure::kWrongSecret)].read();
  for (int n = 0; n < 10; ++n) EXPECT_EQ(ask("anna", "sesame"), 200);
  EXPECT_EQ(metrics_.auth_failures[static_cast<size_t>(AuthFailure::kWrongSecret)].read(), misses);
  Client off;
  off.client_id = "anna";
  off.flags = kClientDisabled;
  off.password = keystore_.passwords().hash(0, "anna", "sesame");
  keystore_.put_client(off);
  EXPECT_EQ(ask("anna", "sesame"), 401);
  EXPECT_EQ(metrics_.auth_failures[static_cast<size_t>(AuthFailure::kDisabled)].read(), 1u);
}

TEST_F(AccountLimitTest, WithoutAPoolNothingIsSaidAboutAPassword) {
  dialects_.passwords = nullptr;
  EXPECT_EQ(ask("anna", "sesame"), 503);
  EXPECT_EQ(ask("nobody", "sesame"), 503);
  EXPECT_NE(responder_.fields.find("Retry-After"), std::string::npos);
}

}  // namespace
}  // namespace signet
