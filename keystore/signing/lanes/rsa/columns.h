// Products of numbers of many limbs of 52 bits, in eight lanes, ten columns of the product at a time: those stay in
// registers while all pairs of limbs that belong there are added up, and nothing of a product waits in memory.
//
// A product of limbs i and k lands in column i + k with its lower half and in the next one with its upper half. Numbers
// are in blocks of ten limbs. Ten rows (the limbs of a block of one factor) meet the limbs of the other, its partner:
// row r and column c meet at partner c - r for the lower half and c - 1 - r for the upper one, counted from a block.
#pragma once

#include <cstdint>

#include "keystore/signing/lanes/inline.h"

namespace signet::lanes {

inline constexpr int kBlock = 10;  // limbs, and columns

// Which partners there are.
enum class Meet : uint8_t {
  kAll,
  kFirst,            // the partner begins here: none below zero
  kLast,             // it ended: only those below zero
  kCrossFirst,       // of a square, in the rows' own block: those above the row
  kCrossSecond,      // of a square, from the block after the rows': likewise
  kCrossSecondLast,  // likewise, and it ended
};

template <Meet M>
constexpr bool meets(int row, int partner) {
  switch (M) {
    case Meet::kAll:
      return true;
    case Meet::kFirst:
      return partner >= 0;
    case Meet::kLast:
      return partner < 0;
    case Meet::kCrossFirst:
      return partner > row;
    case Meet::kCrossSecond:
      return kBlock + partner > row;
    case Meet::kCrossSecondLast:
      return partner < 0 && kBlock + partner > row;
  }
  return false;
}

// A number whose lanes differ, and one that all lanes share.
template <class V>
struct OfLanes {
  const V* limb;
  SIGNET_LANES_INLINE V at(int i) const { return limb[i]; }
};
template <class V>
struct OfAll {
  const uint64_t* limb;
  SIGNET_LANES_INLINE V at(int i) const { return V::splat(limb[i]); }
};

// add_rows adds to each column at most twenty terms below 2^52. Of the limbs the lower 52 bits count. `rows` and
// `partner` point to a block each.
template <Meet M, class V, class Partner>
SIGNET_LANES_INLINE void add_rows(V (&column)[kBlock], const V* rows, Partner partner) {
#pragma GCC unroll 10
  for (int r = 0; r < kBlock; ++r) {
    const V row = rows[r];
#pragma GCC unroll 10
    for (int c = 0; c < kBlock; ++c) {
      if (meets<M>(r, c - r)) column[c] = V::add_low52(column[c], row, partner.at(c - r));
    }
#pragma GCC unroll 10
    for (int c = 0; c < kBlock; ++c) {
      if (meets<M>(r, c - 1 - r)) column[c] = V::add_high52(column[c], row, partner.at(c - 1 - r));
    }
  }
}

}  // namespace signet::lanes
