// Documents as they are served: how long a copy is good, and what a copy that is still good costs.
#include <gtest/gtest.h>

#include "daemon/endpoint/document_endpoint.h"
#include "daemon/service/service.h"
#include "keystore/keys/key_set_age.h"
#include "tests/support/exchange.h"
#include "tests/support/memory_keystore.h"

namespace signet {
namespace {

constexpr UnixSeconds kActivated = 0;  // MemoryKeystore's keys
constexpr uint32_t kPeriod = 100'000;
constexpr KeyTerms kNewKey{.max_age_s = 300, .lifetime_s = 900};
constexpr UnixSeconds kPublishAt = kActivated + kPeriod - (900 + 60 + 60);
UnixMs now_ms = 0;
UnixMs test_clock() { return now_ms; }

class DocumentTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_TRUE(signing_start() && digest_start()); }

  DocumentTest() {
    kid_ = keystore_.add_key(JwsAlgorithm::kEdDSA);
    schedule(kPeriod);
    now_ms = 1000 * 1000;
  }
  void schedule(uint32_t period_s) { keystore_.schedule_keys({.rules = {}, .period_s = period_s}, kNewKey); }
  int get(std::string_view path = "/.well-known/jwks.json", std::string_view etag = {}) {
    http::Request request;
    request.method = http::Method::kGet;
    request.path = path;
    request.if_none_match = etag;
    service_.on_request(request, responder_);
    return responder_.status;
  }
  std::string field(std::string_view name) const {
    const size_t at = responder_.fields.find(name);
    if (at == std::string::npos) return {};
    const size_t begin = at + name.size(), end = responder_.fields.find("\r\n", begin);
    return responder_.fields.substr(begin, end - begin);
  }
  std::string age_at(UnixSeconds now) {
    now_ms = now * 1000 + 999;
    get();
    return field("Cache-Control: public, max-age=");
  }

  std::string kid_;
  MemoryKeystore keystore_{1};
  ServiceShared shared_{ServiceSettings{}};
  WorkerMetrics metrics_;
  Service service_{keystore_, 0, metrics_, shared_, 100, test_clock};
  RecordingResponder responder_;
};

TEST_F(DocumentTest, AKeySetIsGoodUntilTheNextStep) {
  EXPECT_EQ(age_at(1000), "300");
  EXPECT_EQ(age_at(kPublishAt - 300), "300");
  EXPECT_EQ(age_at(kPublishAt - 299), "299");
  EXPECT_EQ(age_at(kPublishAt - 16), "16");
  EXPECT_EQ(age_at(kPublishAt), "15");
  EXPECT_EQ(age_at(kPublishAt + kVerifierReloadS), "300");
}

TEST_F(DocumentTest, MetadataDoNotChangeByASchedule) {
  now_ms = (kPublishAt - 20) * 1000;
  EXPECT_EQ(get("/.well-known/oauth-authorization-server"), 200);
  EXPECT_EQ(field("Cache-Control: public, max-age="), "300");
}

TEST_F(DocumentTest, NotModifiedCarriesThePresentMaxAge) {
  ASSERT_EQ(get(), 200);
  const std::string etag = field("ETag: ");
  ASSERT_FALSE(etag.empty());
  now_ms = (kPublishAt - 20) * 1000;
  EXPECT_EQ(get("/.well-known/jwks.json", etag), 304);
  EXPECT_EQ(field("Cache-Control: public, max-age="), "20");
  EXPECT_EQ(field("ETag: "), etag);
  EXPECT_TRUE(responder_.body.empty());
}

TEST_F(DocumentTest, TheEntityTagChangesExactlyWithTheDocument) {
  ASSERT_EQ(get(), 200);
  const std::string etag = field("ETag: "), body = responder_.body;
  schedule(kPeriod / 2);
  keystore_.limit_tenant(0, "default", {.ttl_max_s = 60});
  keystore_.set_key_status(kid_, KeyStatus::kRetiring);  // published still
  EXPECT_EQ(get("/.well-known/jwks.json", etag), 304) << "another schedule, limit and status, and the same document";
  keystore_.set_key_status(kid_, KeyStatus::kRetired);
  EXPECT_EQ(get("/.well-known/jwks.json", etag), 200);
  EXPECT_NE(field("ETag: "), etag);
  EXPECT_NE(responder_.body, body);
  keystore_.set_key_status(kid_, KeyStatus::kActive);
  EXPECT_EQ(get("/.well-known/jwks.json", etag), 304) << "what it was before";
}

TEST_F(DocumentTest, AnotherScheduleCountsAtOnce) {
  EXPECT_EQ(age_at(kPublishAt - 100), "100");
  schedule(0);
  EXPECT_EQ(age_at(kPublishAt - 100), "300");
  keystore_.limit_tenant(0, "default", {.key_rotation_s = kPeriod + 50});
  EXPECT_EQ(age_at(kPublishAt - 100), "150") << "the tenant's own";
  keystore_.limit_tenant(0, "default", {.key_rotation_s = kPeriod + 50, .key_rotation_off = true});
  EXPECT_EQ(age_at(kPublishAt - 100), "300");
}

TEST_F(DocumentTest, NeverMoreThanTheKeysWereToldOf) {
  for (const uint32_t promised : {0u, 10u, 40u}) {
    shared_.settings.publish(std::make_unique<const ServiceSettings>(ServiceSettings{.jwks_max_age_s = promised}),
                             keystore_.domain());
    for (const UnixSeconds now : {UnixSeconds{1000}, kPublishAt - 100, kPublishAt - 1, kPublishAt}) {
      EXPECT_EQ(age_at(now),
                std::to_string(std::min<uint32_t>(promised, now == 1000 || now < kPublishAt - 40 ? promised : 15)));
    }
  }
}

}  // namespace
}  // namespace signet
