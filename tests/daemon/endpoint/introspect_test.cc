// Introspection (RFC 7662): every token that must not pass, on the first look and after a look that it passed.
#include <gtest/gtest.h>

#include "protocol/json/reader.h"
#include "tests/daemon/endpoint/check_fixture.h"

namespace signet {
namespace {

class IntrospectTest : public IntrospectFixture {
 protected:
  using IntrospectFixture::IntrospectFixture;
};

TEST_F(IntrospectTest, GivesTheClaimsOfAnActiveToken) {
  const std::string one = token({.subject = "s", .family = "F", .extra_members = R"("cnf":{"jkt":"k"},"level":7)"});
  ASSERT_TRUE(active(one));
  const std::string wanted = R"({"active":true,"iss":"http://127.0.0.1:8420","sub":"s","aud":"urn:a","client_id":"c",)"
                             R"("scope":"a.read b.read","iat":1800000000,"exp":1800000900,"jti":")" +
                             last_jti_ + R"(","sid":"F","cnf":{"jkt":"k"},"level":7,"token_type":"Bearer"})";
  EXPECT_EQ(responder_.body, wanted);
  EXPECT_NE(responder_.fields.find("Cache-Control: no-store\r\n"), std::string::npos);
  ASSERT_TRUE(active(one));
  EXPECT_EQ(responder_.body, wanted) << "from the cache the same";
}

TEST_F(IntrospectTest, GivesTheClaimsOfATokenThatTheGeneralReaderReads) {
  const std::string one = token({.subject = "a\r\n\"b\"\xC3\xB6", .extra_members = R"("active":false,"x":[1.5])"});
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(active(one));
    const auto answer = read_json(responder_.body, {.allow_fractions = true});
    ASSERT_TRUE(answer);
    EXPECT_EQ(*answer->find_string("sub"), "a\r\n\"b\"\xC3\xB6");
    EXPECT_EQ(*answer->find_string("token_type"), "Bearer");
    EXPECT_NE(answer->find("x"), nullptr);
  }
  EXPECT_EQ(metrics_.verify_cache_hits.read(), 1u);
}

TEST_F(IntrospectTest, EachAlgorithmIsCheckedAndCached) {
  for (const JwsAlgorithm algorithm : kAllJwsAlgorithms) {
    const std::string kid = algorithm == JwsAlgorithm::kEdDSA
                                ? eddsa_
                                : keystore_.add_key(algorithm, is_symmetric(algorithm) ? "urn:a" : "");
    const std::string one = token({}, kid);
    expect_cached(one);
    std::string forged = one;
    char& last = forged[forged.rfind('.') + 5];
    last = last == 'A' ? 'B' : 'A';
    EXPECT_FALSE(active(forged)) << jws_algorithm_name(algorithm);
  }
}

TEST_F(IntrospectTest, EachForgedBitOfASignatureIsInactive) {
  const std::string good = token();
  expect_cached(good);
  const size_t dot = good.rfind('.');
  std::array<uint8_t, 64> signature{};
  ASSERT_TRUE(base64url_decode(good.substr(dot + 1), signature));
  for (size_t bit = 0; bit < 512; ++bit) {
    auto forged = signature;
    forged[bit / 8] ^= static_cast<uint8_t>(1u << (bit % 8));
    std::string encoded = base64url_text(forged);
    EXPECT_FALSE(active(good.substr(0, dot + 1) + encoded)) << "bit " << bit;
  }
  EXPECT_EQ(count(CheckResult::kBadSignature), 512u);
}

TEST_F(IntrospectTest, EachChangedOctetOfACachedTokenIsInactive) {
  const std::string good = token();
  expect_cached(good);
  for (size_t at = 0; at < good.size(); ++at) {
    std::string changed = good;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(active(changed)) << "octet " << at;
  }
  EXPECT_TRUE(active(good));
}

TEST_F(IntrospectTest, EachTruncationIsInactive) {
  const std::string good = token();
  for (size_t size = 1; size < good.size(); ++size) EXPECT_FALSE(active(good.substr(0, size)));
  EXPECT_FALSE(active(good + "A"));
  EXPECT_FALSE(active(good + "."));
  EXPECT_FALSE(active(good + "="));
}

TEST_F(IntrospectTest, DotsAndOversizedTokensAreInactiveAtOnce) {
  EXPECT_FALSE(active(std::string(8000, '.')));  // CVE-2025-30204
  EXPECT_FALSE(active(std::string(64'000, '.')));
  EXPECT_FALSE(active(std::string(8193, 'a')));
  EXPECT_FALSE(active("a.b.c"));
  EXPECT_FALSE(active("..."));
  EXPECT_FALSE(active("."));
  EXPECT_EQ(count(CheckResult::kBadSignature), 0u) << "no key was asked";
}

TEST_F(IntrospectTest, OnlyTheExactHeaderOfAKeyNamesIt) {
  const SigningKey& with = key(eddsa_);
  const auto header = [](std::string_view json) { return base64url_text(as_bytes(json)); };
  const std::string content = claims({});
  ASSERT_TRUE(active(signed_token(with, with.encoded_header, content)));
  for (const std::string& json : {R"({"alg":"EdDSA","typ":"JWT","kid":")" + eddsa_ + "\"}",
                                  R"({"alg":"none","typ":"at+jwt","kid":")" + eddsa_ + "\"}",
                                  R"({"alg":"HS256","typ":"at+jwt","kid":")" + eddsa_ + "\"}",
                                  R"({"alg":"EdDSA","typ":"at+jwt"})" + std::string(),
                                  R"({"alg":"EdDSA","typ":"at+jwt","kid":"other"})" + std::string(),
                                  R"({"alg":"EdDSA","typ":"at+jwt","kid":")" + eddsa_ + R"(","crit":["b64"]})",
                                  R"({"alg":"Ed25519","typ":"at+jwt","kid":")" + eddsa_ + "\"}",
                                  R"({ "alg":"EdDSA","typ":"at+jwt","kid":")" + eddsa_ + "\"}"}) {
    EXPECT_FALSE(active(signed_token(with, header(json), content))) << json;
  }
}

TEST_F(IntrospectTest, AnotherKeysSignatureUnderAKnownHeaderIsInactive) {
  const std::string es256 = keystore_.add_key(JwsAlgorithm::kES256);
  EXPECT_FALSE(active(signed_token(key(es256), key(eddsa_).encoded_header, claims({}))));
  EXPECT_FALSE(active(signed_token(key(eddsa_), key(es256).encoded_header, claims({}))));
}

TEST_F(IntrospectTest, AnHmacKeyHoldsForItsOwnAudienceAlone) {
  const std::string a = keystore_.add_key(JwsAlgorithm::kHS256, "urn:a");
  const std::string b = keystore_.add_key(JwsAlgorithm::kHS256, "urn:b");
  EXPECT_TRUE(active(token({.audience = {"urn:a"}}, a)));
  // The resource server of urn:b, which has its key, forges tokens for urn:a.
  EXPECT_FALSE(active(token({.audience = {"urn:a"}}, b), "all"));
  EXPECT_FALSE(active(token({.audience = {"urn:b", "urn:a"}}, b), "all"));
  EXPECT_TRUE(active(token({.audience = {"urn:b"}}, b), "all"));
}

TEST_F(IntrospectTest, ForeignIssuersAndWrongClaimsAreInactive) {
  EXPECT_FALSE(active(token({.issuer = "http://127.0.0.1:8421"})));
  const SigningKey& with = key(eddsa_);
  for (const std::string_view content :
       {"", "{}", "[]", "null", R"({"active":true})", R"({"iss":"http://127.0.0.1:8420","sub":"s"})"}) {
    EXPECT_FALSE(active(signed_token(with, with.encoded_header, content))) << content;
  }
}

TEST_F(IntrospectTest, ATokenWithoutTheCallersAudienceIsInactive) {
  EXPECT_FALSE(active(token({.audience = {"urn:b"}})));
  EXPECT_TRUE(active(token({.audience = {"urn:b", "urn:a"}})));
  EXPECT_TRUE(active(token({.audience = {"urn:b"}}), "all"));
  const std::string cached = token({.audience = {"urn:b"}});
  EXPECT_TRUE(active(cached, "all"));
  EXPECT_FALSE(active(cached, "rs")) << "what one may see, another may not, cached or not";
}

TEST_F(IntrospectTest, ATenantKnowsItsOwnTokensAlone) {
  keystore_.add_tenant(7, "acme");
  const std::string kid = keystore_.add_key(JwsAlgorithm::kEdDSA, {}, 7);
  Client server = plain_client("rs", 7);
  server.flags = kClientIntrospectAll;
  keystore_.add_client(server, kCheckSecret);
  keystore_.add_client(plain_client("c", 7), kCheckSecret);
  const std::string theirs = token({.tenant = 7}, kid);
  const std::string ours = token();
  EXPECT_TRUE(active(theirs, "rs", "/t/acme/oauth2/introspect"));
  EXPECT_FALSE(active(theirs, "all")) << "though the worker has it in its cache";
  EXPECT_TRUE(active(ours, "all"));
  EXPECT_FALSE(active(ours, "rs", "/t/acme/oauth2/introspect"));
}

TEST_F(IntrospectTest, ExpiryEndsACachedToken) {
  const std::string one = token();
  expect_cached(one);
  check_clock_now_ms = (kStart + 900) * 1000 - 1;
  EXPECT_TRUE(active(one));
  check_clock_now_ms = (kStart + 900) * 1000;
  EXPECT_FALSE(active(one));
  EXPECT_EQ(count(CheckResult::kExpired), 1u);
  EXPECT_FALSE(active(token({.issued_at = kStart - 10, .expires_at = kStart - 1})));
}

TEST_F(IntrospectTest, ATokenOfTheFutureIsInactive) {
  EXPECT_TRUE(active(token({.issued_at = kStart + 60})));
  EXPECT_FALSE(active(token({.issued_at = kStart + 61})));
  EXPECT_FALSE(active(token({.extra_members = R"("nbf":1800000100)"})));
}

TEST_F(IntrospectTest, ADisabledOrRemovedClientEndsItsCachedTokens) {
  const std::string one = token();
  expect_cached(one);
  Client disabled = plain_client("c");
  disabled.flags = kClientDisabled;
  keystore_.add_client(disabled, kCheckSecret);
  EXPECT_FALSE(active(one));
  keystore_.add_client(plain_client("c"), kCheckSecret);
  EXPECT_TRUE(active(one)) << "until it is enabled again";
  keystore_.remove_client(0, "c");
  EXPECT_FALSE(active(one));
  EXPECT_EQ(count(CheckResult::kClientGone), 2u);
}

TEST_F(IntrospectTest, ARetiringKeyGoesOnCheckingAndAWithdrawnOneEndsWhatIsCached) {
  const std::string one = token();
  const std::string two = token();
  expect_cached(one);
  keystore_.set_key_status(eddsa_, KeyStatus::kRetiring);
  const uint64_t misses = metrics_.verify_cache_misses.read();
  EXPECT_TRUE(active(one));
  EXPECT_EQ(metrics_.verify_cache_misses.read(), misses + 1) << "another revision of the key: looked at anew";
  EXPECT_TRUE(active(two));
  expect_cached(one);
  for (const KeyStatus status : {KeyStatus::kRetired, KeyStatus::kDestroyed, KeyStatus::kPending}) {
    keystore_.set_key_status(eddsa_, status);
    EXPECT_FALSE(active(one));
    EXPECT_FALSE(active(two));
  }
}

TEST_F(IntrospectTest, AnotherIssuerEndsWhatIsCached) {
  const std::string one = token();
  expect_cached(one);
  keystore_.change_issuer("https://id.example");
  EXPECT_FALSE(active(one));
}

TEST_F(IntrospectTest, EachKindOfRevocationEndsACachedToken) {
  using enum RevocationKind;
  const auto revoke = [&](RevocationKind kind, std::string value, UnixMs issued_before_ms) {
    keystore_.revocation_index().add({.tenant = 0,
                                      .kind = kind,
                                      .value = std::move(value),
                                      .issued_before_ms = issued_before_ms,
                                      .expires_at = kStart + 9000});
  };
  std::string one = token();
  expect_cached(one);
  revoke(kToken, last_jti_, 0);
  EXPECT_FALSE(active(one));
  one = token({.family = "F1"});
  const std::string other = token({.family = "F2"});
  expect_cached(one);
  revoke(kFamily, "F1", 0);
  EXPECT_FALSE(active(one));
  EXPECT_TRUE(active(other));
  one = token({.subject = "victim"});
  expect_cached(one);
  revoke(kSubject, "victim", kStart * 1000);
  EXPECT_FALSE(active(one));
  one = token({.issued_at = kStart + 1});
  expect_cached(one);
  revoke(kClient, "c", kStart * 1000 + 999);
  EXPECT_TRUE(active(one)) << "issued a millisecond later";
  revoke(kClient, "c", kStart * 1000 + 1000);
  EXPECT_FALSE(active(one));
  one = token({.issued_at = kStart + 2});
  expect_cached(one);
  revoke(kKey, eddsa_, (kStart + 2) * 1000);
  EXPECT_FALSE(active(one));
  one = token({.issued_at = kStart + 3});
  expect_cached(one);
  revoke(kTenant, "", (kStart + 3) * 1000);
  EXPECT_FALSE(active(one));
  EXPECT_EQ(count(CheckResult::kRevoked), 6u);
}

TEST_F(IntrospectTest, ARevokedTokenIsInactiveOnItsFirstLook) {
  const std::string one = token();
  keystore_.revocation_index().add({.kind = RevocationKind::kToken, .value = last_jti_, .expires_at = kStart + 9000});
  EXPECT_FALSE(active(one));
  EXPECT_EQ(count(CheckResult::kRevoked), 1u);
}

TEST_F(IntrospectTest, EveryInactiveAnswerIsTheSame) {
  const std::string good = token();
  std::string forged = good;
  forged.back() = forged.back() == 'A' ? 'Q' : 'A';
  const std::string foreign = token({.audience = {"urn:b"}});
  const std::string expired = token({.issued_at = kStart - 10, .expires_at = kStart - 1});
  std::string fields;
  for (const std::string& one : {forged, foreign, expired, std::string("refresh-token"), good.substr(0, 40)}) {
    EXPECT_EQ(ask("token=" + one), 200);
    EXPECT_EQ(responder_.body, kInactiveBody);
    if (fields.empty()) fields = responder_.fields;
    EXPECT_EQ(responder_.fields, fields);
  }
}

TEST_F(IntrospectTest, NothingIsDecidedWhileTheClockIsBehind) {
  const std::string one = token();
  expect_cached(one);
  shared_.may_issue = false;
  EXPECT_EQ(ask("token=" + one), 503);
  EXPECT_NE(responder_.fields.find("Retry-After"), std::string::npos);
}

TEST_F(IntrospectTest, ACallerThatChangedWhileItsCheckWaitedGets503) {
  std::vector<std::string> tokens;
  for (int i = 0; i < 200; ++i) tokens.push_back(token());
  for (const std::string& one : tokens) {
    FormRequest request("/oauth2/introspect", "token=" + one, basic_authorization("rs", kCheckSecret));
    service_->on_request(request.fresh(), responder_);
  }
  EXPECT_TRUE(service_->after_poll(responder_)) << "one iteration cannot check them all";
  EXPECT_EQ(responder_.status, 200);
  keystore_.add_client(plain_client("rs"), kCheckSecret);
  drain();
  EXPECT_EQ(responder_.status, 503);
}

TEST_F(IntrospectTest, WhatChangedWhileACheckWaitedCounts) {
  const std::string one = token();
  FormRequest request("/oauth2/introspect", "token=" + one, basic_authorization("rs", kCheckSecret));
  service_->on_request(request.fresh(), responder_);
  EXPECT_EQ(responder_.answers, 0u);
  keystore_.revocation_index().add({.kind = RevocationKind::kToken, .value = last_jti_, .expires_at = kStart + 9000});
  drain();
  EXPECT_EQ(responder_.body, kInactiveBody);
}

class UncachedIntrospectTest : public IntrospectTest {
 protected:
  UncachedIntrospectTest() : IntrospectTest(0) {}
};

TEST_F(UncachedIntrospectTest, WorksWithoutACache) {
  const std::string one = token();
  EXPECT_TRUE(active(one));
  EXPECT_TRUE(active(one));
  EXPECT_EQ(metrics_.verify_cache_hits.read(), 0u);
}

TEST_F(IntrospectTest, ATokenTooLongForTheCacheIsCheckedEachTime) {
  std::string scope = "s0";
  for (int i = 1; i < 300; ++i) scope += " scope" + std::to_string(i);
  const std::string one = token({.scope = scope});
  EXPECT_TRUE(active(one));
  EXPECT_TRUE(active(one));
  EXPECT_EQ(metrics_.verify_cache_hits.read(), 0u);
}

}  // namespace
}  // namespace signet
