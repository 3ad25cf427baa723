// Montgomery's multiplication and squaring modulo an odd number of ten to sixty limbs, in eight lanes that share the
// modulus. "Almost": results are not brought below the modulus, see the bounds.
//
// R is 2^(52 K) for K limbs. Numbers are arrays of K limbs of which the lower 52 bits count; what is above them is left
// over from carrying. No branch and no address depends on what they hold; the number of limbs is public.
//
// Bounds. multiplied gives (a b + q m) / R with q < R, which is below a b / R + m. The moduli have 16 bits less than R
// at least (1024 of 1040, 1536 of 1560, 2048 of 2080, 3072 of 3120), so that with a < 2^k m and b < 2^l m the result is
// below (1 + 2^(k + l - 16)) m. A column gets at most 4 K terms below 2^52 and, of what was carried into it, one below
// 2^8: with K = 60 it stays below 2^60.
#pragma once

#include <cstdint>

#include "keystore/signing/lanes/inline.h"
#include "keystore/signing/lanes/rsa/columns.h"

namespace signet::lanes {

inline constexpr int kLimbsMax = 60;  // a modulus of 3072 bits

// What a modulus m is multiplied with.
struct Modulus {
  const uint64_t* limb;  // 10 * blocks
  uint64_t factor;       // -1/m mod 2^52
  int blocks;            // of ten limbs
};

// reduce_block makes ten columns divisible by 2^520: `quotient` gets the ten digits q with columns + q m = 0, column by
// column. What is above goes on: returned, for the next column.
template <class V>
SIGNET_LANES_INLINE V reduce_block(V (&column)[kBlock], const Modulus& modulus, V* quotient) {
  const OfAll<V> m{modulus.limb};
  const V factor = V::splat(modulus.factor);
  V carry = V::splat(0);
#pragma GCC unroll 10
  for (int c = 0; c < kBlock; ++c) {
    column[c] = column[c] + carry;
    const V digit = V::add_low52(V::splat(0), column[c], factor);
    quotient[c] = digit;
    carry = V::add_low52(column[c], digit, m.at(0)).template shifted_right<52>();
#pragma GCC unroll 10
    for (int j = c + 1; j < kBlock; ++j) column[j] = V::add_low52(column[j], digit, m.at(j - c));
#pragma GCC unroll 10
    for (int j = c + 1; j < kBlock; ++j) column[j] = V::add_high52(column[j], digit, m.at(j - c - 1));
  }
  return carry;
}

template <class V>
class Montgomery {
 public:
  explicit Montgomery(const Modulus& modulus) : modulus_(modulus), limbs_(modulus.blocks * kBlock) {}

  // multiply: to = a b / R. `to` may be a or b: a limb is written when it is not read any more.
  void multiply(V* to, const V* a, const V* b) { run<false>(to, a, b); }
  int limbs() const { return limbs_; }
  // square: to = a a / R, with each pair of different limbs multiplied once.
  void square(V* to, const V* a) { run<true>(to, a, a); }

 private:
  // Block `at` of the columns of the product, then of what makes it divisible. The product comes first: it does not
  // need the digits before it, each of which waits for the one before.
  template <bool IsSquare>
  SIGNET_LANES_INLINE void run(V* to, const V* a, const V* b) {
    const int blocks = modulus_.blocks;
    V carry = V::splat(0);
#pragma GCC unroll 1
    for (int at = 0; at < 2 * blocks; ++at) {
      V column[kBlock];
#pragma GCC unroll 10
      for (int c = 0; c < kBlock; ++c) column[c] = V::splat(0);
      if constexpr (IsSquare) {
        square_of(column, at, a);
      } else {
        product(column, at, a, b);
      }
      const int first = at < blocks ? 0 : at - blocks;
      if (at >= blocks) add_rows<Meet::kLast>(column, quotient_ + first * kBlock, OfAll<V>{modulus_.limb + limbs_});
#pragma GCC unroll 1
      for (int i = at < blocks ? 0 : first + 1; i < at && i < blocks; ++i) {
        const int partner = (at - i) * kBlock;
        add_rows<Meet::kAll>(column, quotient_ + i * kBlock, OfAll<V>{modulus_.limb + partner});
      }
      column[0] = column[0] + carry;
      carry = at < blocks ? reduce_block(column, modulus_, quotient_ + at * kBlock)
                          : write_block(column, to + first * kBlock);
    }
  }

  SIGNET_LANES_INLINE void product(V (&column)[kBlock], int at, const V* a, const V* b) {
    const int blocks = modulus_.blocks;
    const int first = at < blocks ? 0 : at - blocks;
    if (at >= blocks) add_rows<Meet::kLast>(column, a + first * kBlock, OfLanes<V>{b + limbs_});
#pragma GCC unroll 1
    for (int i = at < blocks ? 0 : first + 1; i < at && i < blocks; ++i) {
      add_rows<Meet::kAll>(column, a + i * kBlock, OfLanes<V>{b + (at - i) * kBlock});
    }
    if (at < blocks) add_rows<Meet::kFirst>(column, a + at * kBlock, OfLanes<V>{b});
  }

  SIGNET_LANES_INLINE void square_of(V (&column)[kBlock], int at, const V* a) {
    const int blocks = modulus_.blocks;
    const int first = at < blocks ? 0 : at - blocks, middle = at / 2;
    if (at >= blocks && 2 * first + 1 < at) {
      add_rows<Meet::kLast>(column, a + first * kBlock, OfLanes<V>{a + limbs_});
    }
#pragma GCC unroll 1
    for (int i = at < blocks ? 0 : first + 1; 2 * i + 1 < at; ++i) {
      add_rows<Meet::kAll>(column, a + i * kBlock, OfLanes<V>{a + (at - i) * kBlock});
    }
    const OfLanes<V> own{a + middle * kBlock}, next{a + (middle + 1) * kBlock};
    if (at % 2 == 0) {
      add_rows<Meet::kCrossFirst>(column, a + middle * kBlock, own);
    } else if (middle + 1 < blocks) {
      add_rows<Meet::kCrossSecond>(column, a + middle * kBlock, next);
    } else {
      add_rows<Meet::kCrossSecondLast>(column, a + middle * kBlock, next);
    }
#pragma GCC unroll 5
    for (int c = 0; c < kBlock; c += 2) {
      const V limb = a[(at * kBlock + c) / 2];
      column[c] = V::add_low52(column[c] + column[c], limb, limb);
      column[c + 1] = V::add_high52(column[c + 1] + column[c + 1], limb, limb);
    }
  }

  SIGNET_LANES_INLINE static V write_block(V (&column)[kBlock], V* to) {
    V carry = V::splat(0);
#pragma GCC unroll 10
    for (int c = 0; c < kBlock; ++c) {
      to[c] = column[c] + carry;
      carry = to[c].template shifted_right<52>();
    }
    return carry;
  }

  const Modulus& modulus_;
  const int limbs_;
  V quotient_[kLimbsMax];
};

}  // namespace signet::lanes
