// The keystore over a real vault and store: what is served after a change, after a restart, and while readers are slow.
#include "keystore/keystore.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include "protocol/jose/jwk.h"
#include "tests/keystore/keystore_fixture.h"

namespace signet {
namespace {

using KeystoreTest = KeystoreFixture;
using std::chrono::milliseconds;

std::string text_of(const SecretBytes& bytes) { return std::string(as_text(bytes.expose())); }

TEST_F(KeystoreTest, WhatWasAddedIsThereAfterARestart) {
  open(true);
  ASSERT_TRUE(add(client("a")).has_value());
  const auto key = generate(JwsAlgorithm::kEdDSA);
  ASSERT_TRUE(key.has_value()) << key.error().text;
  const auto hmac = generate(JwsAlgorithm::kHS256, "urn:one");
  ASSERT_TRUE(hmac.has_value()) << hmac.error().text;
  const std::string secret = text_of(*export_secret(hmac->kid));
  const std::string jwks = keystore_->keys().tenant(0)->jwks;
  const uint64_t revision = keystore_->keys().tenant(0)->by_kid(key->kid)->revision;

  reopen();
  const ClientRecord* record = keystore_->clients().find(0, "a");
  ASSERT_NE(record, nullptr);
  EXPECT_EQ(keystore_->pepper().verify(record, 0, "a", "a-secret-of-some-length"), 0);
  EXPECT_EQ(keystore_->pepper().verify(record, 0, "a", "a-secret-of-some-lengtH"), -1);
  EXPECT_EQ(keystore_->keys().tenant(0)->jwks, jwks);
  const SigningKey* active = keystore_->keys().tenant(0)->active(JwsAlgorithm::kEdDSA, "");
  ASSERT_NE(active, nullptr);
  EXPECT_EQ(active->kid, key->kid);
  EXPECT_EQ(active->revision, revision);
  EXPECT_EQ(active->signers.size(), 2u);
  EXPECT_EQ(text_of(*export_secret(hmac->kid)), secret);
}

TEST_F(KeystoreTest, TheFirstKeyOfAnAlgorithmSignsAtOnceAndFurtherOnesWait) {
  open(true);
  for (const JwsAlgorithm algorithm : {JwsAlgorithm::kEdDSA, JwsAlgorithm::kEd25519, JwsAlgorithm::kES256}) {
    const auto first = generate(algorithm);
    const auto second = generate(algorithm);
    ASSERT_TRUE(first && second);
    EXPECT_EQ(first->status, KeyStatus::kActive);
    EXPECT_GT(first->activated_at, 0);
    EXPECT_EQ(second->status, KeyStatus::kPending);
    EXPECT_EQ(second->activated_at, 0);
    EXPECT_EQ(keystore_->keys().tenant(0)->active(algorithm, "")->kid, first->kid);
    const auto jwks = parse_jwks(keystore_->keys().tenant(0)->jwks);
    EXPECT_TRUE(std::ranges::any_of(*jwks, [&](const Jwk& jwk) { return jwk.kid == second->kid; })) << "not published";
  }
}

TEST_F(KeystoreTest, AnRsaKeyOfNoStatedSizeHas3072Bits) {
  open(true);
  const auto key = generate(JwsAlgorithm::kPS256);
  ASSERT_TRUE(key.has_value()) << key.error().text;
  EXPECT_EQ(key->bits, 3072);
}

TEST_F(KeystoreTest, AnHmacKeyIsTheFirstOfItsAudience) {
  open(true);
  EXPECT_EQ(generate(JwsAlgorithm::kHS256, "urn:one")->status, KeyStatus::kActive);
  EXPECT_EQ(generate(JwsAlgorithm::kHS256, "urn:two")->status, KeyStatus::kActive);
  EXPECT_EQ(generate(JwsAlgorithm::kHS512, "urn:one")->status, KeyStatus::kActive);
  EXPECT_EQ(generate(JwsAlgorithm::kHS256, "urn:one")->status, KeyStatus::kPending);
  EXPECT_EQ(keystore_->keys().tenant(0)->jwks, R"({"keys":[]})") << "an HMAC key in the JWKS";
}

TEST_F(KeystoreTest, AKidIsTheThumbprintOrRandom) {
  open(true);
  const auto key = generate(JwsAlgorithm::kEdDSA);
  const auto jwk = parse_jwk(key->public_jwk);
  ASSERT_TRUE(jwk.has_value());
  EXPECT_EQ(key->kid, jwk_thumbprint(*jwk));  // RFC 7638
  const auto hmac = generate(JwsAlgorithm::kHS256, "urn:one");
  EXPECT_EQ(hmac->kid.size(), 22u);
  EXPECT_TRUE(hmac->public_jwk.empty());
}

TEST_F(KeystoreTest, RefusesKeysThatMakeNoSense) {
  open(true);
  EXPECT_EQ(generate(JwsAlgorithm::kHS256).error().kind, StoreErrorKind::kInvalid);
  EXPECT_EQ(generate(JwsAlgorithm::kEdDSA, "urn:one").error().kind, StoreErrorKind::kInvalid);
  EXPECT_EQ(generate(JwsAlgorithm::kRS256, "", 1024).error().kind, StoreErrorKind::kInvalid);
  EXPECT_EQ(generate(JwsAlgorithm::kRS256, "", 3071).error().kind, StoreErrorKind::kInvalid);
  EXPECT_EQ(generate(JwsAlgorithm::kEdDSA, "", 2048).error().kind, StoreErrorKind::kInvalid);
  EXPECT_EQ(generate(JwsAlgorithm::kEdDSA, "", 0, 77).error().kind, StoreErrorKind::kNotFound);
  EXPECT_TRUE(keystore_->keys().tenant(0)->keys.empty());
}

TEST_F(KeystoreTest, OnlyHmacSecretsAreExported) {
  open(true);
  const auto key = generate(JwsAlgorithm::kEdDSA);
  EXPECT_EQ(export_secret(key->kid).error().kind, StoreErrorKind::kInvalid);
  EXPECT_EQ(export_secret("unknown").error().kind, StoreErrorKind::kNotFound);
  const auto hmac = generate(JwsAlgorithm::kHS512, "urn:one");
  const uint64_t commit = keystore_->store().status().commit;
  EXPECT_GE(export_secret(hmac->kid)->size(), 64u);
  EXPECT_GT(keystore_->store().status().commit, commit) << "exported without an audit record";
}

TEST_F(KeystoreTest, AnotherTenantHasItsOwnIssuerKeysAndClients) {
  open(true);
  const auto tenant = await<TenantRow>([&](auto done) { keystore_->store().add_tenant(kActor, "acme", done); });
  ASSERT_TRUE(tenant.has_value());
  ASSERT_TRUE(generate(JwsAlgorithm::kEdDSA, "", 0, tenant->number).has_value());
  const TenantKeys* keys = keystore_->keys().tenant_by_name("acme");
  ASSERT_NE(keys, nullptr);
  EXPECT_EQ(keys->issuer, "https://id.example/t/acme");
  EXPECT_NE(keys->active(JwsAlgorithm::kEdDSA, ""), nullptr);
  EXPECT_EQ(keystore_->keys().tenant(0)->active(JwsAlgorithm::kEdDSA, ""), nullptr);
  reopen();
  EXPECT_NE(keystore_->keys().tenant_by_name("acme")->active(JwsAlgorithm::kEdDSA, ""), nullptr);
  ASSERT_TRUE(await<void>([&](auto done) { keystore_->store().remove_tenant(kActor, "acme", true, done); }));
  EXPECT_EQ(keystore_->keys().tenant_by_name("acme"), nullptr);
}

TEST_F(KeystoreTest, AWithdrawalIsAnsweredAfterEveryReaderPassedAndAnAdditionAtOnce) {
  open(true);
  std::atomic<int> woken{0};
  auto* reader = keystore_->domain().register_reader([&] { ++woken; });
  ASSERT_TRUE(add(client("a")).has_value()) << "an addition waited for a reader";
  const ClientRecord* held = keystore_->clients().find(0, "a");

  std::atomic<bool> answered{false};
  ClientUpdate disable{.flags_set = kClientDisabled, .what = "client.disable"};
  keystore_->store().update_client(kActor, 0, "a", disable, [&](const auto& done) {
    EXPECT_TRUE(done.has_value());
    answered = true;
  });
  while (!keystore_->clients().find(0, "a")->disabled()) std::this_thread::sleep_for(milliseconds(1));
  std::this_thread::sleep_for(milliseconds(20));
  EXPECT_FALSE(answered) << "answered while a worker may still use the client";
  EXPECT_FALSE(held->disabled()) << "the record held by a reader changed";
  EXPECT_GT(woken, 0);
  reader->pass();
  for (int i = 0; i < 5000 && !answered; ++i) std::this_thread::sleep_for(milliseconds(1));
  EXPECT_TRUE(answered);
  keystore_->domain().unregister_reader(reader);
}

TEST_F(KeystoreTest, RemovalTakesAClientAway) {
  open(true);
  ASSERT_TRUE(add(client("a")).has_value());
  ASSERT_TRUE(await<void>([&](auto done) { keystore_->store().remove_client(kActor, 0, "a", done); }));
  EXPECT_EQ(keystore_->clients().find(0, "a"), nullptr);
  reopen();
  EXPECT_EQ(keystore_->clients().find(0, "a"), nullptr);
}

TEST_F(KeystoreTest, ManyUpdatesKeepTheBacklogSmall) {
  open(true);
  ASSERT_TRUE(add(client("a")).has_value());
  auto* reader = keystore_->domain().register_reader([] {});
  std::jthread loop([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      reader->pass();
      const ClientRecord* record = keystore_->clients().find(0, "a");
      EXPECT_EQ(record->client_id(), "a");
      std::this_thread::sleep_for(std::chrono::microseconds(50));
    }
  });
  for (uint32_t i = 1; i <= 50; ++i) {
    ASSERT_TRUE(update("a", {.ttl_s = i}).has_value());
    ASSERT_EQ(keystore_->clients().find(0, "a")->ttl_s(), i);
    ASSERT_LT(keystore_->domain().backlog().actions, 16u);
  }
  loop.request_stop();
  loop.join();
  keystore_->domain().unregister_reader(reader);
}

TEST_F(KeystoreTest, TheMinuteOfUseOutlivesARestart) {
  open(true);
  ASSERT_TRUE(add(client("used")).has_value());
  ASSERT_TRUE(add(client("unused")).has_value());
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto minute = static_cast<uint32_t>(std::chrono::duration_cast<std::chrono::minutes>(now).count());
  ASSERT_TRUE(keystore_->clients().find(0, "used")->mark_used(0, minute));
  keystore_->note_used(0, 0, "used");
  reopen();
  EXPECT_EQ(keystore_->clients().find(0, "used")->last_used_minute(0), minute);
  EXPECT_EQ(keystore_->clients().find(0, "unused")->last_used_minute(0), 0u);
}

TEST_F(KeystoreTest, TheMinuteOfUseStaysWithItsSecretOverRotationAndRestart) {
  open(true);
  Client made = client("a");
  ASSERT_TRUE(add(made).has_value());
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto minute = static_cast<uint32_t>(std::chrono::duration_cast<std::chrono::minutes>(now).count());
  keystore_->clients().find(0, "a")->mark_used(0, minute);
  keystore_->note_used(0, 0, "a");
  reopen();
  ClientUpdate rotate;
  rotate.secrets = {keystore_->pepper().hash(0, "a", "another-secret-of-some-length", 1'700'000'000), made.secrets[0]};
  ASSERT_TRUE(update("a", rotate).has_value());
  EXPECT_EQ(keystore_->clients().find(0, "a")->last_used_minute(1), minute);
  reopen();
  EXPECT_EQ(keystore_->clients().find(0, "a")->last_used_minute(0), 0u) << "a secret never used looks used";
  EXPECT_EQ(keystore_->clients().find(0, "a")->last_used_minute(1), minute);
}

TEST_F(KeystoreTest, ANewIssuerIsInTheDocumentsAtOnce) {
  open(true);
  const std::string before = keystore_->keys().tenant(0)->metadata_etag;
  ASSERT_TRUE(await<void>([&](auto done) { keystore_->set_issuer("https://new.example", done); }));
  EXPECT_EQ(keystore_->keys().tenant(0)->issuer, "https://new.example");
  EXPECT_NE(keystore_->keys().tenant(0)->metadata_etag, before);
}

TEST_F(KeystoreTest, AClosedKeystoreRefusesChangesAndStillReads) {
  open(true);
  ASSERT_TRUE(add(client("a")).has_value());
  keystore_->close();
  keystore_->close();
  EXPECT_EQ(generate(JwsAlgorithm::kEdDSA).error().kind, StoreErrorKind::kUnavailable);
  EXPECT_EQ(add(client("b")).error().kind, StoreErrorKind::kUnavailable);
  EXPECT_NE(keystore_->clients().find(0, "a"), nullptr);
}

// What a completion posts to may be gone once close has returned.
TEST_F(KeystoreTest, AnAnswerThatWaitsForGraceComesBeforeTheCloseReturns) {
  open(true);
  ASSERT_TRUE(add(client("a")).has_value());
  auto* reader = keystore_->domain().register_reader([] {});
  std::atomic<bool> answered{false};
  keystore_->store().update_client(kActor, 0, "a", {.ttl_s = 7, .what = "client.update"}, [&](const auto&) {
    std::this_thread::sleep_for(milliseconds(300));
    answered = true;
  });
  while (keystore_->domain().backlog().actions == 0) std::this_thread::sleep_for(milliseconds(1));
  keystore_->domain().unregister_reader(reader);
  keystore_->close();
  EXPECT_TRUE(answered);
}

TEST_F(KeystoreTest, CloseDoesNotWaitForAReaderAndItsAnswersComeOnceItPasses) {
  open(true);
  ASSERT_TRUE(add(client("a")).has_value());
  auto* reader = keystore_->domain().register_reader([] {});
  std::promise<void> answered;
  auto answer = answered.get_future();
  keystore_->store().update_client(kActor, 0, "a", {.ttl_s = 7, .what = "client.update"},
                                   [&](const auto&) { answered.set_value(); });
  while (keystore_->domain().backlog().actions == 0) std::this_thread::sleep_for(milliseconds(1));
  keystore_->close();
  EXPECT_EQ(answer.wait_for(milliseconds(20)), std::future_status::timeout) << "before the reader has passed";
  reader->pass();
  EXPECT_EQ(answer.wait_for(std::chrono::seconds(20)), std::future_status::ready);
  keystore_->domain().unregister_reader(reader);
}

TEST_F(KeystoreTest, KeysBeingMadeAtTheEndAreMadeOrRefused) {
  open(true);
  std::atomic<int> answers{0};
  for (int i = 0; i < 10; ++i) {
    keystore_->generate_key(kActor, 0, {.algorithm = JwsAlgorithm::kES256}, [&](const auto&) { ++answers; });
  }
  keystore_.reset();
  EXPECT_EQ(answers, 10);
}

}  // namespace
}  // namespace signet
