// Changes of the vault below a keystore: every secret is sealed anew with a new root key, and a change that was cut off
// is ended by the next start.
#include "tests/keystore/keystore_fixture.h"

namespace signet {
namespace {

using enum JwsAlgorithm;

class KeystoreVaultTest : public KeystoreFixture {
 protected:
  std::expected<size_t, StoreError> rekey() {
    return await<size_t>([&](auto done) { keystore_->rekey_vault(kActor, done); });
  }
  std::expected<uint32_t, StoreError> change(const std::string& what,
                                             std::function<std::expected<uint32_t, VaultError>(Vault&)> make) {
    return await<uint32_t>([&](auto done) {
      keystore_->change_vault(kActor, {.what = what, .detail_json = "{}", .make = std::move(make)}, done);
    });
  }
  std::vector<std::string> audited(const std::string& what) {
    const auto page = await<AuditPage>([&](auto done) { keystore_->store().read_audit({.what = what}, done); });
    std::vector<std::string> seen;
    for (const AuditRecord& record : page->records) seen.push_back(record.what);
    return seen;
  }
  // Keys of every kind, a client, a dialect's secret.
  void fill() {
    open(true);
    hmac_ = generate(kHS256, "urn:rs")->kid;
    secret_ = std::string(as_text(export_secret(hmac_)->expose()));
    ASSERT_TRUE(generate(kEdDSA) && generate(kES256) && generate_for({.algorithm = kHS512, .dialect = "vietqr"}));
    ASSERT_TRUE(add(client("c1")));
    DialectRecordChange put{.tenant = 0,
                            .kind = DialectRecordKind::kDataforConfiguration,
                            .id = "ERP",
                            .value = R"({"name":"ERP"})",
                            .expected = DialectRecordState::absent()};
    const auto put_done = await<std::vector<uint64_t>>(
        [&](auto done) { keystore_->change_dialect_records(kActor, {put}, {.what = "test", .subject = "ERP"}, done); });
    ASSERT_TRUE(put_done) << put_done.error().text;
  }
  void expect_everything_opens() {
    const auto secret = export_secret(hmac_);
    ASSERT_TRUE(secret) << secret.error().text;
    EXPECT_EQ(as_text(secret->expose()), secret_);
    const TenantKeys& tenant = *keystore_->keys().tenant(0);
    EXPECT_NE(tenant.active(kEdDSA, ""), nullptr);
    EXPECT_NE(tenant.active(kES256, ""), nullptr);
    EXPECT_NE(tenant.dialect_key("vietqr"), nullptr);
  }

  std::string hmac_, secret_;
};

TEST_F(KeystoreVaultTest, ARekeySealsEverySecretAnew) {
  fill();
  const auto cells = rekey();
  ASSERT_TRUE(cells) << cells.error().text;
  EXPECT_EQ(*cells, 4u + 2u + 1u) << "four keys, pepper and family key, a dialect's secret";
  EXPECT_EQ(keystore_->vault().summary().generation, 2u);
  EXPECT_FALSE(keystore_->vault().rekeying());
  expect_everything_opens();
  reopen();
  expect_everything_opens();
  EXPECT_EQ(audited("vault.rekey").size(), 1u);
}

TEST_F(KeystoreVaultTest, WhatIsMadeDuringARekeyOpensAfterIt) {
  fill();
  ASSERT_TRUE(change("", [](Vault& vault) -> std::expected<uint32_t, VaultError> {
    if (auto begun = vault.begin_rekey(); !begun) return std::unexpected(begun.error());
    return 0;
  }));
  ASSERT_TRUE(generate(kPS256, "", 2048));
  ASSERT_TRUE(rekey());
  reopen();
  expect_everything_opens();
  EXPECT_NE(keystore_->keys().tenant(0)->active(kPS256, ""), nullptr);
}

TEST_F(KeystoreVaultTest, AStartEndsARekeyThatWasCutOff) {
  fill();
  keystore_.reset();
  {
    auto vault = Vault::open(data(), key_file());
    ASSERT_TRUE(vault && (*vault)->begin_rekey());
  }
  open();
  EXPECT_FALSE(keystore_->vault().rekeying());
  expect_everything_opens();
  reopen();
  expect_everything_opens();
}

TEST_F(KeystoreVaultTest, AnOlderVaultFileUnderNewerCellsIsRefused) {
  fill();
  std::ifstream file(data() / "vault", std::ios::binary);
  const std::string before((std::istreambuf_iterator<char>(file)), {});
  ASSERT_TRUE(rekey());
  keystore_.reset();
  std::ofstream(data() / "vault", std::ios::binary) << before;
  const std::string text = refusal_of_content();
  EXPECT_NE(text.find("was altered, or belongs elsewhere"), std::string::npos) << text;
}

TEST_F(KeystoreVaultTest, AChangeIsAuditedAndSoIsItsFailure) {
  open(true);
  const auto add = [&](const char* passphrase) {
    return change("vault.slot-add", [passphrase](Vault& vault) -> std::expected<uint32_t, VaultError> {
      const auto secret = secret_of_passphrase(as_bytes(passphrase));
      if (!secret) return std::unexpected(secret.error());
      return vault.add_slot(*secret);
    });
  };
  EXPECT_EQ(add("a passphrase of some length").value(), 2u);
  EXPECT_EQ(add("short").error().kind, StoreErrorKind::kInvalid);
  EXPECT_EQ(audited("vault."), (std::vector<std::string>{"vault.slot-add", "vault.slot-add", "vault.slot-add-failed"}));
}

}  // namespace
}  // namespace signet
