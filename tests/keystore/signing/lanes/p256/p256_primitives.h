// The layers of ES256 in lanes one by one, over plain arrays, for each kind of vector: the tests themselves are not
// compiled for an instruction set that the processor may lack.
#pragma once

#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "keystore/signing/lanes/p256/p256_lanes.h"

namespace signet::lanes::p256 {

struct Limbs {
  uint64_t limb[5][kLanes];
};
struct HashWords {
  uint64_t word[8][kLanes];
};

// What the types of the arguments say, in sixteenths of the modulus.
inline constexpr int kFactorHigh = 256;       // of products, of plain
inline constexpr int kCanonicalHigh = 31;     // of canonical
inline constexpr int kLoweredLow = -14 * 16;  // of lower, up to 0
inline constexpr int kCurveHigh = 20;         // of off_curve
inline constexpr int kFirstBias = 3, kSecondBias = -6;

// Modulo p, or modulo n.
struct ModuloPrimitives {
  Limbs (*multiply)(const Limbs& a, const Limbs& b);
  // The pair of a b with kFirstBias and c d with kSecondBias.
  void (*multiply_two)(const Limbs& a, const Limbs& b, const Limbs& c, const Limbs& d, Limbs& first, Limbs& second);
  Limbs (*add)(const Limbs& a, const Limbs& b);
  Limbs (*subtract)(const Limbs& a, const Limbs& b);
  Limbs (*carry)(const Limbs& loose);
  Limbs (*exact)(const Limbs& carried);
  Limbs (*canonical)(const Limbs& carried);
  Limbs (*plain)(const Limbs& carried);
  uint8_t (*is_zero)(const Limbs& canonical);  // lanes
  Limbs (*invert)(const Limbs& carried);       // across the lanes
};

// A multiple of the base point as a signature uses it; of the lanes that are refused nothing counts.
struct Multiple {
  Limbs x, y;  // below p, limbs exact
  uint8_t refused, off_curve;
};

struct Primitives {
  const char* name;
  ModuloPrimitives prime, order;
  Limbs (*lower)(const Limbs& loose);
  uint8_t (*off_curve)(const Limbs& x, const Limbs& y);
  Limbs (*nonce_and_offset)(const HashWords& hash);
  Multiple (*base_multiple)(const BaseTable& table, const Limbs& with_offset);
};

Primitives emulated_primitives();
Primitives avx512_primitives();  // only where avx512_lanes_supported()

// Those that this processor has.
std::vector<Primitives> all_primitives();

// What a failed test says of its parameter.
inline void PrintTo(const Primitives& primitives, std::ostream* to) { *to << primitives.name; }

// Names the cases of a parameterised test.
struct NameOfPrimitives {
  template <class Info>
  std::string operator()(const Info& info) const {
    return info.param.name;
  }
};

}  // namespace signet::lanes::p256
