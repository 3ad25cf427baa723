#include "keystore/grants/family_keys.h"

#include <gtest/gtest.h>

namespace signet {
namespace {

TEST(FamilyKeys, EachVersionHasItsOwn) {
  std::array<HashKey, 2> keys;
  keys[0].fill(1);
  keys[1].fill(2);
  const FamilyKeys family_keys(4, keys);
  EXPECT_EQ(family_keys.first_version(), 4);
  EXPECT_EQ(family_keys.current_version(), 5);
  ASSERT_NE(family_keys.refresh_keys(4), nullptr);
  EXPECT_EQ(family_keys.refresh_keys(4)->mac, derive_refresh_keys(keys[0]).mac);
  EXPECT_EQ(family_keys.current_refresh_keys().hash, derive_refresh_keys(keys[1]).hash);
  EXPECT_EQ(*family_keys.api_token_key(5), derive_key(keys[1], "api-token"));
}

TEST(FamilyKeys, AVersionThatIsNotKnownHasNone) {
  std::array<HashKey, 1> keys;
  keys[0].fill(1);
  const FamilyKeys family_keys(1, keys);
  for (const uint8_t version : {0, 2, 255}) {
    EXPECT_EQ(family_keys.refresh_keys(version), nullptr);
    EXPECT_EQ(family_keys.api_token_key(version), nullptr);
  }
}

}  // namespace
}  // namespace signet
