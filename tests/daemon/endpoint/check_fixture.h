// What the tests of introspection and /verify share: a service over a keystore in memory, a clock that is set, and
// tokens with any claims.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "daemon/service/service.h"
#include "protocol/base/base64url.h"
#include "protocol/json/reader.h"
#include "protocol/jwt/access_token.h"
#include "tests/support/exchange.h"
#include "tests/support/memory_keystore.h"

namespace signet {

inline UnixMs check_clock_now_ms = 0;
inline UnixMs check_clock() { return check_clock_now_ms; }

inline constexpr UnixMs kStartMs = 1'800'000'000'500;
inline constexpr UnixSeconds kStart = kStartMs / 1000;
inline constexpr std::string_view kCheckSecret = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";

struct TokenParts {
  std::string subject = "robot";
  std::vector<std::string_view> audience{"urn:a"};
  std::string client_id = "c";
  std::string scope = "a.read b.read";
  UnixSeconds issued_at = kStart;
  UnixSeconds expires_at = kStart + 900;
  std::string family;
  std::string extra_members;
  std::string issuer;  // empty = the tenant's
  uint32_t tenant = 0;
};

class CheckFixture : public testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_TRUE(signing_start() && digest_start()); }

  explicit CheckFixture(size_t cache_entries = 64) : cache_entries_(cache_entries) {
    check_clock_now_ms = kStartMs;
    eddsa_ = keystore_.add_key(JwsAlgorithm::kEdDSA);
    keystore_.add_client(plain_client("c"), kCheckSecret);
    Client server = plain_client("rs");
    server.introspect = {"urn:a"};
    keystore_.add_client(server, kCheckSecret);
    Client all = plain_client("all");
    all.flags = kClientIntrospectAll;
    keystore_.add_client(all, kCheckSecret);
    service_ = std::make_unique<Service>(keystore_, 0, metrics_, shared_, 1000, check_clock, cache_entries_);
  }
  static Client plain_client(std::string_view id, uint32_t tenant = 0) {
    Client client;
    client.tenant = tenant;
    client.client_id = id;
    return client;
  }
  const SigningKey& key(std::string_view kid, uint32_t tenant = 0) const {
    return *keystore_.keys().tenant(tenant)->by_kid(kid);
  }

  std::string claims(const TokenParts& parts) {
    std::array<uint8_t, 10> random{};
    ++tokens_;
    random[0] = static_cast<uint8_t>(tokens_);
    random[1] = static_cast<uint8_t>(tokens_ >> 8);
    std::array<char, kJtiSize> jti;
    write_jti(parts.issued_at * 1000, random, jti.data());
    last_jti_.assign(jti.data(), jti.size());
    std::string text(16 * 1024, '\0');
    text.resize(write_access_token_claims(
        {.issuer = parts.issuer.empty() ? keystore_.keys().tenant(parts.tenant)->issuer : parts.issuer,
         .subject = parts.subject,
         .audience = parts.audience,
         .client_id = parts.client_id,
         .scope = parts.scope,
         .issued_at = parts.issued_at,
         .expires_at = parts.expires_at,
         .jti = last_jti_,
         .family = parts.family,
         .extra_members = parts.extra_members},
        text));
    return text;
  }
  // A token under a header, signed by a key, whatever either says.
  static std::string signed_token(const SigningKey& key, std::string_view header, std::string_view claims) {
    std::string token(header.size() + 1 + base64url_encoded_size(claims.size()), '\0');
    token.resize(write_signing_input(header, as_bytes(claims), token));
    std::string signature(key.signature_size, '\0');
    const ByteSpan input = as_bytes(token);
    const MutableByteSpan out{reinterpret_cast<uint8_t*>(signature.data()), signature.size()};
    EXPECT_EQ(key.signers.front()->sign({&input, 1}, {&out, 1}), 1u);
    std::string encoded = base64url_text(as_bytes(signature));
    return token + "." + encoded;
  }
  std::string token(const TokenParts& parts = {}, std::string_view kid = {}) {
    const SigningKey& with = key(kid.empty() ? eddsa_ : kid, parts.tenant);
    return signed_token(with, with.encoded_header, claims(parts));
  }

  void drain() {
    for (int i = 0; i < 10'000 && service_->after_poll(responder_); ++i) {
    }
  }
  uint64_t count(CheckResult result) const { return metrics_.checks[static_cast<size_t>(result)].read(); }

  size_t cache_entries_;
  MemoryKeystore keystore_{1};
  ServiceShared shared_{ServiceSettings{.batch_entries_max = 300, .batch_entries_per_client = 400}};
  WorkerMetrics metrics_;
  std::unique_ptr<Service> service_;
  RecordingResponder responder_;
  std::string eddsa_;
  std::string last_jti_;
  uint16_t tokens_ = 0;
};

inline constexpr std::string_view kInactiveBody = R"({"active":false})";

class IntrospectFixture : public CheckFixture {
 protected:
  using CheckFixture::CheckFixture;

  int ask(std::string_view form, std::string_view client_id = "rs", std::string_view path = "/oauth2/introspect",
          std::string_view secret = kCheckSecret) {
    FormRequest request(path, form, client_id.empty() ? std::string() : basic_authorization(client_id, secret));
    responder_.status = 0;
    service_->on_request(request.fresh(), responder_);
    drain();
    return responder_.status;
  }
  bool active(std::string_view token, std::string_view client_id = "rs", std::string_view path = "/oauth2/introspect") {
    EXPECT_EQ(ask("token=" + std::string(token), client_id, path), 200) << responder_.body;
    if (responder_.body == kInactiveBody) return false;
    const auto answer = read_json(responder_.body, {.allow_fractions = true});
    EXPECT_TRUE(answer && answer->find("active")->as_boolean() == true) << responder_.body;
    return true;
  }
  // Known to be active, and then from the cache.
  void expect_cached(std::string_view token) {
    EXPECT_TRUE(active(token));
    const uint64_t hits = metrics_.verify_cache_hits.read();
    EXPECT_TRUE(active(token));
    EXPECT_EQ(metrics_.verify_cache_hits.read(), hits + 1);
  }
};

}  // namespace signet
