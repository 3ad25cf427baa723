// Arithmetic modulo the order of the base point, beside a slow reference; every constant derived anew.
#include "keystore/signing/lanes/scalar25519.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/keystore/signing/lanes/big_number.h"
#include "tests/keystore/signing/lanes/primitives.h"

namespace signet::lanes {
namespace {

BigNumber constant(const uint64_t (&limbs)[5]) {
  return BigNumber::of_limbs({limbs[0], limbs[1], limbs[2], limbs[3], limbs[4]}, 52);
}

// (2^252 - 1) / 2 modulo the order.
BigNumber offset() {
  return (BigNumber::power_of_two(252) - BigNumber(1)) * BigNumber(2).inverse(order25519()) % order25519();
}

TEST(Scalar25519Constants, AreWhatTheirCommentsSay) {
  const BigNumber& order = order25519();
  const BigNumber r = BigNumber::power_of_two(260);
  EXPECT_EQ(constant(kOrder), order);
  EXPECT_EQ(kOrder[3], 0U);
  EXPECT_EQ(kOrder[4], uint64_t{1} << 44);
  EXPECT_EQ(constant(kOrderComplement), r - order);
  EXPECT_EQ(BigNumber(kOrderNegatedInverse) * order % BigNumber::power_of_two(52),
            BigNumber::power_of_two(52) - BigNumber(1));
  EXPECT_EQ(constant(kOne), r % order);
  EXPECT_EQ(constant(kSquare), r * r % order);
  EXPECT_EQ(constant(kOffset), offset() * r % order);
  EXPECT_EQ((constant(kOffset) + constant(kOffsetNegated)) % order, BigNumber(0));
}

class Scalar25519 : public testing::TestWithParam<Primitives> {
 protected:
  // Hashes, eight at a time: the ends of the range, multiples of the order and their neighbours, random ones.
  std::vector<BigNumber> hashes() {
    const BigNumber& order = order25519();
    const BigNumber end = BigNumber::power_of_two(512);
    std::vector<BigNumber> all{BigNumber(0), BigNumber(1), end - BigNumber(1), end - BigNumber(2)};
    for (const BigNumber& times : {BigNumber(1), BigNumber(2), BigNumber::power_of_two(255),
                                   BigNumber::power_of_two(259), (end - BigNumber(1)) % BigNumber::power_of_two(259)}) {
      const BigNumber multiple = order * times;
      all.insert(all.end(), {multiple, multiple - BigNumber(1), multiple + BigNumber(1)});
    }
    for (int bit = 0; bit < 512; bit += 13) {
      all.push_back(BigNumber::power_of_two(bit));
      all.push_back(end - BigNumber::power_of_two(bit));
    }
    // What comes out as the offset's neighbours: r' = 0, 1, order - 1.
    for (uint64_t i : {0, 1, 2}) all.push_back(order * BigNumber(3) - offset() + BigNumber(i));
    all.push_back(order * BigNumber(3) - offset() - BigNumber(1));
    while (all.size() % 8 != 0 || all.size() < 1200) {
      std::vector<uint64_t> limbs(8);
      for (uint64_t& limb : limbs) limb = random_();
      all.push_back(BigNumber::of_limbs(limbs, 64));
    }
    return all;
  }
  // As SHA-512 leaves it in its state: big-endian words.
  static Words8 state_of(const BigNumber* hashes) {
    Words8 state;
    for (size_t lane = 0; lane < 8; ++lane) {
      const auto words = hashes[lane].limbs(8, 64);
      for (size_t i = 0; i < 8; ++i) state[i][lane] = __builtin_bswap64(words[i]);
    }
    return state;
  }
  static BigNumber value(const Limbs& limbs, size_t lane) {
    std::vector<uint64_t> own;
    for (const Lane8& limb : limbs) own.push_back(limb[lane]);
    for (uint64_t limb : own) EXPECT_LT(limb, uint64_t{1} << 52) << "limbs are exact";
    return BigNumber::of_limbs(own, 52);
  }
  const Primitives& on_ = GetParam();
  std::mt19937_64 random_{11};
};

TEST_P(Scalar25519, ANonceIsTheHashModuloTheOrderWithTheOffset) {
  const auto all = hashes();
  for (size_t i = 0; i < all.size(); i += 8) {
    const Limbs nonce = on_.nonce(state_of(&all[i]));
    for (size_t lane = 0; lane < 8; ++lane) {
      ASSERT_EQ(value(nonce, lane), (all[i + lane] + offset()) % order25519()) << all[i + lane].hex();
    }
  }
}

TEST_P(Scalar25519, AnAnswerIsNoncePlusHashTimesSecret) {
  const BigNumber& order = order25519();
  const BigNumber square = BigNumber::power_of_two(520);
  const auto all = hashes();
  for (size_t i = 0; i < all.size(); i += 8) {
    Limbs nonce, secret;
    std::vector<BigNumber> r, a;
    for (size_t lane = 0; lane < 8; ++lane) {
      r.push_back(all[(i + lane * 7 + 3) % all.size()] % order);
      a.push_back(all[(i + lane * 5 + 1) % all.size()] % order);
      const auto r_limbs = ((r[lane] + offset()) % order).limbs(5, 52),
                 a_limbs = (a[lane] * square % order).limbs(5, 52);
      for (size_t k = 0; k < 5; ++k) nonce[k][lane] = r_limbs[k], secret[k][lane] = a_limbs[k];
    }
    const Limbs answer = on_.answer(nonce, state_of(&all[i]), secret);
    for (size_t lane = 0; lane < 8; ++lane) {
      ASSERT_EQ(value(answer, lane), (r[lane] + all[i + lane] * a[lane]) % order) << i + lane;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Vectors, Scalar25519, testing::ValuesIn(all_primitives()), NameOfPrimitives());

}  // namespace
}  // namespace signet::lanes
