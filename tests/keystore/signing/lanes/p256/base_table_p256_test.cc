// Every entry of the table beside OpenSSL's multiple of the base point.
#include "keystore/signing/lanes/p256/base_table_p256.h"

#include <gtest/gtest.h>

#include "tests/keystore/signing/lanes/p256/reference.h"

namespace signet::lanes::p256 {
namespace {

BigNumber coordinate(const uint64_t* entry, size_t c) {
  std::vector<uint64_t> words;
  for (size_t w = 0; w < kWords; ++w) words.push_back(entry[c * kCoordinateStride + w * kWordStride]);
  return BigNumber::of_limbs(words, 64);
}

TEST(P256BaseTable, EachEntryIsItsMultipleOfTheBasePoint) {
  const BaseTable* table = base_table();
  ASSERT_NE(table, nullptr) << "its hash is not what it must be";
  const BigNumber half = BigNumber(2).inverse(order()), r = BigNumber::power_of_two(260);
  BigNumber weight = 1;
  for (size_t window = 0; window < kWindows; ++window) {
    for (size_t j = 0; j < kEntries; ++j) {
      const uint64_t* entry = table->windows + window * kWindowStride + j;
      const AffinePoint wanted = multiple((BigNumber(j) + half) * weight);
      ASSERT_EQ(coordinate(entry, 0), wanted.x * r % prime()) << window << ", " << j;
      ASSERT_EQ(coordinate(entry, 1), wanted.y * r % prime()) << window << ", " << j;
    }
    weight = weight * BigNumber(256) % order();
  }
  EXPECT_EQ(base_table(), table) << "is made once";
}

}  // namespace
}  // namespace signet::lanes::p256
