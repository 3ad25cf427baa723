// Every entry of the table beside libsodium's multiple of the base point.
#include "keystore/signing/lanes/base_table.h"

#include <gtest/gtest.h>
#include <sodium.h>

#include "tests/keystore/signing/lanes/big_number.h"

namespace signet::lanes {
namespace {

class BaseTableTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_NE(table_, nullptr) << "its hash is not what it must be"; }

  // The coordinate `c` of an entry whose words stand `stride` apart.
  static BigNumber coordinate(const uint64_t* entry, int c, size_t stride) {
    std::vector<uint64_t> words;
    for (size_t w = 0; w < kWords; ++w) words.push_back(entry[(static_cast<size_t>(c) * kWords + w) * stride]);
    return BigNumber::of_limbs(words, 64);
  }
  static void expect_multiple(const uint64_t* entry, size_t stride, const BigNumber& scalar) {
    const BigNumber& p = prime25519();
    const BigNumber plus = coordinate(entry, 0, stride), minus = coordinate(entry, 1, stride);
    const BigNumber x = (plus + p - minus) % p, y = (plus + minus) % p;
    std::array<uint8_t, 32> wanted{};
    ASSERT_EQ(crypto_scalarmult_ed25519_base_noclamp(wanted.data(), scalar.octets().data()), 0);
    std::array<uint8_t, 32> encoded = y.octets();
    encoded[31] |= static_cast<uint8_t>((x.octets()[0] & 1) << 7);
    ASSERT_EQ(encoded, wanted) << scalar.hex();
    const BigNumber d = (p - BigNumber(121665)) * BigNumber(121666).inverse(p) % p;
    ASSERT_EQ(coordinate(entry, 2, stride), d * x * y % p) << scalar.hex();
    for (int c = 0; c < kCoordinates; ++c) ASSERT_LT(coordinate(entry, c, stride), p);
  }
  const BaseTable* table_ = base_table();
};

TEST_F(BaseTableTest, EachEntryIsItsMultipleOfTheBasePoint) {
  const BigNumber& order = order25519();
  const BigNumber half = BigNumber(2).inverse(order);
  BigNumber weight = 1;
  for (size_t window = 0; window < kWindows; ++window) {
    for (size_t j = 0; j < kEntries; ++j) {
      expect_multiple(table_->windows + window * kWindowStride + j, kWordStride,
                      (BigNumber(j) + half) * weight % order);
    }
    if (window + 1 == kWindows) expect_multiple(table_->beyond, 1, (BigNumber(kEntries) + half) * weight % order);
    weight = weight * BigNumber(128) % order;
  }
}

TEST_F(BaseTableTest, IsMadeOnce) { EXPECT_EQ(base_table(), table_); }

}  // namespace
}  // namespace signet::lanes
