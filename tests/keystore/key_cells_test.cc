// A sealed key opens in its place only, and everything that decides its use is part of the place.
#include "keystore/key_cells.h"

#include <gtest/gtest.h>

#include <functional>
#include <utility>

#include "tests/keystore/vault/temporary_directory.h"

namespace signet {
namespace {

class KeyCellsTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(signing_start() && digest_start());
    vault_ = *Vault::create(directory_.path(), directory_ / "vault.key");
    const auto key = *generate_private_key(JwsAlgorithm::kHS256, 0);
    row_.sealed_private = *seal_private_key(*vault_, row_, *key);
  }
  bool opens(const std::function<void(KeyRow&)>& change) {
    KeyRow row = row_;
    change(row);
    return prepare_stored_key(*vault_, row, 1).has_value();
  }

  TemporaryDirectory directory_;
  std::unique_ptr<Vault> vault_;
  KeyRow row_{.tenant = 1,
              .kid = "kid",
              .algorithm = JwsAlgorithm::kHS256,
              .status = KeyStatus::kActive,
              .audience = "urn:one",
              .created_at = 5};
};

TEST_F(KeyCellsTest, OpensInItsPlace) {
  EXPECT_TRUE(opens([](KeyRow&) {}));
  EXPECT_TRUE(opens([](KeyRow& row) { row.status = KeyStatus::kPending; })) << "the status is the store's";
}

TEST_F(KeyCellsTest, OpensNowhereElse) {
  EXPECT_FALSE(opens([](KeyRow& row) { row.tenant = 2; }));
  EXPECT_FALSE(opens([](KeyRow& row) { row.tenant = 1u << 24; }));
  EXPECT_FALSE(opens([](KeyRow& row) { row.kid = "kie"; }));
  EXPECT_FALSE(opens([](KeyRow& row) { row.audience = "urn:two"; }));
  EXPECT_FALSE(opens([](KeyRow& row) { row.algorithm = JwsAlgorithm::kHS512; }));
  EXPECT_FALSE(opens([](KeyRow& row) { row.dialect = "one"; }));
}

TEST_F(KeyCellsTest, ADialectsKeyOpensForItsDialectAlone) {
  row_.dialect = "novapost";
  row_.audience.clear();
  row_.sealed_private = *seal_private_key(*vault_, row_, **generate_private_key(JwsAlgorithm::kHS256, 0));
  EXPECT_TRUE(opens([](KeyRow&) {}));
  EXPECT_FALSE(opens([](KeyRow& row) { row.dialect = "vietqr"; }));
  EXPECT_FALSE(opens([](KeyRow& row) { row.dialect.clear(); }));
  EXPECT_FALSE(opens([](KeyRow& row) { row.audience = std::exchange(row.dialect, ""); })) << "an ordinary one of it";
  EXPECT_FALSE(opens([](KeyRow& row) { row.tenant = 2; }));
}

TEST_F(KeyCellsTest, OpensOnlyWhole) {
  for (size_t i = 0; i < row_.sealed_private.size(); ++i) {
    EXPECT_FALSE(opens([i](KeyRow& row) { row.sealed_private[i] ^= 1; })) << i;
  }
  EXPECT_FALSE(opens([](KeyRow& row) { row.sealed_private.pop_back(); }));  // CVE-2023-37464
  EXPECT_FALSE(opens([](KeyRow& row) { row.sealed_private.push_back(0); }));
  EXPECT_FALSE(opens([](KeyRow& row) { row.sealed_private.resize(1); }));
  EXPECT_FALSE(opens([](KeyRow& row) { row.sealed_private.clear(); })) << "an active key without its private half";
}

TEST_F(KeyCellsTest, TheErrorNamesTheKeyAndHoldsNoKeyMaterial) {
  row_.sealed_private[40] ^= 1;
  const auto prepared = prepare_stored_key(*vault_, row_, 1);
  ASSERT_FALSE(prepared.has_value());
  EXPECT_NE(prepared.error().find("key kid of tenant 1"), std::string::npos) << prepared.error();
}

TEST_F(KeyCellsTest, APepperOpensAsItsOwnVersionOnly) {
  HashKey key;
  key.fill(9);
  SecretRow row{std::string(kPepperFamily), 1, *seal_pepper(*vault_, 1, key)};
  EXPECT_EQ(open_pepper(*vault_, row).value(), key);
  row.version = 2;
  EXPECT_FALSE(open_pepper(*vault_, row).has_value());
}

}  // namespace
}  // namespace signet
