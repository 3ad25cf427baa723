// Keys of dialects over a real vault and store: made, kept, exported, and never mixed up with ordinary ones.
#include <algorithm>
#include <set>

#include "tests/keystore/keystore_fixture.h"

namespace signet {
namespace {

using enum JwsAlgorithm;
using KeystoreDialectKeyTest = KeystoreFixture;

TEST_F(KeystoreDialectKeyTest, IsThereAfterARestart) {
  open(true);
  const auto hmac = generate_for({.algorithm = kHS512, .dialect = "vietqr"});
  ASSERT_TRUE(hmac.has_value()) << hmac.error().text;
  const auto edge = generate_for({.algorithm = kES256, .dialect = "vcloud"});
  ASSERT_TRUE(edge.has_value()) << edge.error().text;
  const std::string secret(as_text(export_secret(hmac->kid)->expose()));
  const uint64_t revision = keystore_->keys().tenant(0)->dialect_key("vietqr")->revision;
  reopen();
  const TenantKeys& tenant = *keystore_->keys().tenant(0);
  ASSERT_NE(tenant.dialect_key("vietqr"), nullptr);
  EXPECT_EQ(tenant.dialect_key("vietqr")->kid, hmac->kid);
  EXPECT_EQ(tenant.dialect_key("vietqr")->revision, revision);
  EXPECT_EQ(tenant.dialect_key("vcloud")->kid, edge->kid);
  EXPECT_EQ(tenant.jwks, R"({"keys":[]})");
  EXPECT_EQ(tenant.by_kid(edge->kid), nullptr);
  EXPECT_EQ(std::string(as_text(export_secret(hmac->kid)->expose())), secret);
}

TEST_F(KeystoreDialectKeyTest, OneSignsAndAnyFurtherOneWaits) {
  open(true);
  EXPECT_EQ(generate_for({.algorithm = kHS256, .dialect = "novapost"})->status, KeyStatus::kActive);
  EXPECT_EQ(generate_for({.algorithm = kHS512, .dialect = "novapost"})->status, KeyStatus::kPending)
      << "one for each dialect, of whatever algorithm";
  EXPECT_EQ(generate_for({.algorithm = kHS256, .dialect = "vietqr"})->status, KeyStatus::kActive);
  EXPECT_EQ(generate(kEdDSA)->status, KeyStatus::kActive);
  EXPECT_EQ(generate_for({.algorithm = kEdDSA, .dialect = "vcloud"})->status, KeyStatus::kActive)
      << "an ordinary key of the algorithm is another matter";
}

TEST_F(KeystoreDialectKeyTest, AnRsaKeyOfNoStatedSizeHas3072Bits) {
  open(true);
  EXPECT_EQ(generate_for({.algorithm = kRS256, .dialect = "vcloud"})->bits, 3072);
}

TEST_F(KeystoreDialectKeyTest, AnHs512KeyHas64RandomOctets) {
  open(true);
  const auto key = generate_for({.algorithm = kHS512, .dialect = "vietqr"});
  const auto secret = export_secret(key->kid);
  ASSERT_TRUE(secret.has_value());
  EXPECT_GE(secret->size(), 64u);
  const std::set<uint8_t> octets(secret->expose().begin(), secret->expose().end());
  EXPECT_GT(octets.size(), 30u) << "not random";
}

TEST_F(KeystoreDialectKeyTest, RefusesKeysThatMakeNoSense) {
  open(true);
  const auto refused = [&](const KeyPurpose& purpose) { return generate_for(purpose).error().kind; };
  EXPECT_EQ(refused({.algorithm = kHS256, .audience = "urn:one", .dialect = "novapost"}), StoreErrorKind::kInvalid);
  EXPECT_EQ(refused({.algorithm = kHS256, .dialect = "Nova Post"}), StoreErrorKind::kInvalid);
  EXPECT_EQ(refused({.algorithm = kHS256, .dialect = "novapost", .bits = 2048}), StoreErrorKind::kInvalid);
  EXPECT_EQ(refused({.algorithm = kRS256, .dialect = "vcloud", .bits = 1024}), StoreErrorKind::kInvalid);
  EXPECT_EQ(generate_for({.algorithm = kHS256, .dialect = "novapost"}, 77).error().kind, StoreErrorKind::kNotFound);
  EXPECT_TRUE(keystore_->keys().tenant(0)->keys.empty());
}

TEST_F(KeystoreDialectKeyTest, AnAsymmetricOneIsNotExported) {
  open(true);
  const auto key = generate_for({.algorithm = kEdDSA, .dialect = "vcloud"});
  EXPECT_EQ(export_secret(key->kid).error().kind, StoreErrorKind::kInvalid);
}

TEST_F(KeystoreDialectKeyTest, EndsWithItsTenant) {
  open(true);
  const auto tenant = await<TenantRow>([&](auto done) { keystore_->store().add_tenant(kActor, "acme", done); });
  ASSERT_TRUE(generate_for({.algorithm = kHS256, .dialect = "novapost"}, tenant->number).has_value());
  EXPECT_FALSE(await<void>([&](auto done) { keystore_->store().remove_tenant(kActor, "acme", false, done); }));
  ASSERT_TRUE(await<void>([&](auto done) { keystore_->store().remove_tenant(kActor, "acme", true, done); }));
  EXPECT_EQ(keystore_->keys().tenant(tenant->number), nullptr);
}

}  // namespace
}  // namespace signet
