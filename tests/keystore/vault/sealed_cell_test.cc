#include "keystore/vault/sealed_cell.h"

#include <gtest/gtest.h>

#include <set>

namespace signet {
namespace {

class SealedCellTest : public testing::Test {
 protected:
  std::vector<uint8_t> seal(std::string_view plain) { return seal_cell_with(key_, id_, place_, as_bytes(plain)); }
  bool opens(const CellPlace& place, ByteSpan sealed) { return open_cell_with(key_, id_, place, sealed).has_value(); }

  std::array<uint8_t, kCellKeySize> key_{1, 2, 3};
  VaultId id_{4, 5, 6};
  const std::array<uint8_t, 4> row_{0, 0, 1, 2};
  const CellPlace place_{.family = "key", .row = row_, .version = 1};
};

TEST_F(SealedCellTest, GivesBackWhatWasSealed) {
  for (const size_t size : {0U, 1U, 32U, 64U, 1217U, 65536U}) {
    const std::string plain(size, 'x');
    const auto sealed = seal(plain);
    EXPECT_EQ(sealed.size(), size + 40);
    const auto opened = open_cell_with(key_, id_, place_, sealed);
    ASSERT_TRUE(opened);
    EXPECT_EQ(as_text(opened->expose()), plain);
  }
}

TEST_F(SealedCellTest, SealsTheSameDifferentlyEachTime) {
  std::set<std::vector<uint8_t>> nonces;
  for (int i = 0; i < 1000; ++i) {
    const auto sealed = seal("same");
    nonces.emplace(sealed.begin(), sealed.begin() + kCellNonceSize);
  }
  EXPECT_EQ(nonces.size(), 1000U);
}

TEST_F(SealedCellTest, RefusesEachChangedBit) {
  const auto sealed = seal("thirty-two octets of key material");
  for (size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    auto changed = sealed;
    changed[bit / 8] ^= static_cast<uint8_t>(1U << bit % 8);
    EXPECT_FALSE(opens(place_, changed)) << bit;
  }
}

// CVE-2023-37464: a shortened tag was accepted.
TEST_F(SealedCellTest, RefusesEachTruncation) {
  const auto sealed = seal("secret");
  for (size_t size = 0; size < sealed.size(); ++size) {
    EXPECT_FALSE(opens(place_, ByteSpan(sealed).first(size))) << size;
    EXPECT_FALSE(opens(place_, ByteSpan(sealed).last(size))) << size;
  }
}

TEST_F(SealedCellTest, RefusesMoreThanWasSealed) {
  auto sealed = seal("secret");
  sealed.push_back(0);
  EXPECT_FALSE(opens(place_, sealed));
}

TEST_F(SealedCellTest, RefusesTwoCellsSwapped) {
  const std::array<uint8_t, 4> other_row{0, 0, 1, 3};
  CellPlace other = place_;
  other.row = other_row;
  const auto first = seal("first");
  const auto second = seal_cell_with(key_, id_, other, as_bytes("second"));
  EXPECT_FALSE(opens(other, first));
  EXPECT_FALSE(opens(place_, second));
  EXPECT_TRUE(opens(place_, first));
  EXPECT_TRUE(opens(other, second));
}

TEST_F(SealedCellTest, RefusesAnotherPlace) {
  const auto sealed = seal("secret");
  CellPlace other = place_;
  other.family = "pepper";
  EXPECT_FALSE(opens(other, sealed));
  other = place_;
  other.family = "";
  EXPECT_FALSE(opens(other, sealed));
  other = place_;
  other.version = 2;
  EXPECT_FALSE(opens(other, sealed));
  other = place_;
  other.row = other.row.first(3);
  EXPECT_FALSE(opens(other, sealed));
}

TEST_F(SealedCellTest, RefusesAnotherVaultAndAnotherKey) {
  const auto sealed = seal("secret");
  VaultId other_id = id_;
  other_id[15] ^= 1;
  EXPECT_FALSE(open_cell_with(key_, other_id, place_, sealed));
  auto other_key = key_;
  other_key[31] ^= 1;
  EXPECT_FALSE(open_cell_with(other_key, id_, place_, sealed));
}

// Octets moved from the family to the row, or to the version, must not give the same associated data.
TEST_F(SealedCellTest, PlacesThatConcatenateAlikeEncodeDifferently) {
  const uint8_t with_k[] = {'k'};
  const uint8_t long_row[] = {1, 0, 0, 0, 0};
  const CellPlace places[] = {
      {.family = "k", .row = {}, .version = 0},      {.family = "", .row = with_k, .version = 0},
      {.family = "", .row = {}, .version = 'k'},     {.family = "", .row = {}, .version = 0},
      {.family = "", .row = long_row, .version = 0}, {.family = {"\1\0\0\0\0", 5}, .row = {}, .version = 0},
  };
  std::set<std::vector<uint8_t>> encodings;
  for (const CellPlace& place : places) encodings.insert(encode_cell_place(id_, place));
  EXPECT_EQ(encodings.size(), std::size(places));
}

}  // namespace
}  // namespace signet
