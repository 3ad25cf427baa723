// The layers of the lanes one by one, over plain arrays, for each kind of vector: the tests themselves are not compiled
// for an instruction set that the processor may lack.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "keystore/signing/lanes/base_table.h"
#include "keystore/signing/lanes/ed25519_lanes.h"

namespace signet::lanes {

using Lane8 = std::array<uint64_t, 8>;
using Limbs = std::array<Lane8, 5>;   // [limb][lane]
using Words4 = std::array<Lane8, 4>;  // [word][lane]
using Words8 = std::array<Lane8, 8>;

struct Primitives {
  const char* name;
  // a * b with no bias, with Bias::kProduct, with Bias::kBiased; the last two as the two of a pair with c * d.
  Limbs (*multiply)(const Limbs& a, const Limbs& b);
  void (*multiply_two)(const Limbs& a, const Limbs& b, const Limbs& c, const Limbs& d, Limbs& first, Limbs& second);
  Limbs (*carry)(const Limbs& loose);
  Words4 (*freeze)(const Limbs& carried);
  Limbs (*unpack)(const Words4& words);
  Limbs (*invert)(const Limbs& carried);  // across the lanes
  Limbs (*nonce)(const Words8& hash);     // with the offset of the digits
  Limbs (*answer)(const Limbs& nonce, const Words8& hash, const Limbs& secret);
  Words4 (*base_multiple)(const BaseTable& table, const Limbs& nonce_and_offset);  // encoded
  // SHA-512 of `front` words and the messages.
  Words8 (*hash4)(const Words4& front, const LaneMessage (&messages)[kLanes]);
  Words8 (*hash8)(const Words8& front, const LaneMessage (&messages)[kLanes]);
  Ed25519Sign sign;
};

bool ed25519_sign_emulated(const BaseTable& table, const Ed25519LaneJob* jobs, size_t groups);
Primitives emulated_primitives();
Primitives avx512_primitives();  // only where avx512_lanes_supported()

// Those that this processor has.
std::vector<Primitives> all_primitives();

// Names the cases of a parameterised test.
struct NameOfPrimitives {
  template <class Info>
  std::string operator()(const Info& info) const {
    return info.param.name;
  }
};

}  // namespace signet::lanes
