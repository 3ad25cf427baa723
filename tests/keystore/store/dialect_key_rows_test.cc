// Rows of dialects' keys: one active for each tenant and dialect.
#include "tests/keystore/store/store_fixture.h"

namespace signet::store {
namespace {

using Kind = StoreErrorKind;
using enum JwsAlgorithm;
using DialectKeyRows = StoreTest;

KeyRow dialect_key(std::string kid, std::string dialect, JwsAlgorithm algorithm = kHS256,
                   KeyStatus status = KeyStatus::kActive) {
  KeyRow key = key_of(std::move(kid), algorithm, status);
  key.audience.clear();
  key.dialect = std::move(dialect);
  return key;
}

TEST_F(DialectKeyRows, AreReadAsTheyWereWritten) {
  open();
  ASSERT_TRUE(add_key(*store_, dialect_key("k1", "novapost")));
  ASSERT_TRUE(add_key(*store_, key_of("k2")));
  reopen();
  ASSERT_EQ(loaded_->keys.size(), 2u);
  EXPECT_EQ(loaded_->keys[0].dialect, "novapost");
  EXPECT_EQ(loaded_->keys[1].dialect, "");
}

TEST_F(DialectKeyRows, OneIsActiveForATenantAndDialect) {
  open();
  ASSERT_TRUE(add_key(*store_, dialect_key("k1", "novapost")));
  EXPECT_REFUSED(add_key(*store_, dialect_key("k2", "novapost")), Kind::kConflict);
  EXPECT_REFUSED(add_key(*store_, dialect_key("k2", "novapost", kRS256)), Kind::kConflict);
  EXPECT_TRUE(add_key(*store_, dialect_key("k2", "novapost", kHS256, KeyStatus::kPending)));
  EXPECT_TRUE(add_key(*store_, dialect_key("k3", "vietqr")));
  EXPECT_TRUE(add_key(*store_, key_of("k4", kRS256))) << "an ordinary key is another matter";
  EXPECT_TRUE(add_key(*store_, dialect_key("k5", "vcloud", kRS256))) << "and the other way round";
}

TEST_F(DialectKeyRows, RefusesWhatDoesNotBelongTogether) {
  open();
  KeyRow key = dialect_key("k1", "novapost");
  key.audience = "urn:rs";
  EXPECT_REFUSED(add_key(*store_, key), Kind::kInvalid);
  key = dialect_key("k1", "novapost");
  key.public_jwk = "{}";
  EXPECT_REFUSED(add_key(*store_, key), Kind::kInvalid);
  key = dialect_key("k1", "novapost", kRS256);
  key.public_jwk.clear();
  EXPECT_REFUSED(add_key(*store_, key), Kind::kInvalid);
  for (const char* name : {"Nova", "9a", "a/b", "abcdefghijklmnopqrstuvwxyzabcdefg"}) {
    EXPECT_REFUSED(add_key(*store_, dialect_key("k1", name)), Kind::kInvalid);
  }
  EXPECT_REFUSED(add_key(*store_, dialect_key("k1", "")), Kind::kInvalid);
}

}  // namespace
}  // namespace signet::store
