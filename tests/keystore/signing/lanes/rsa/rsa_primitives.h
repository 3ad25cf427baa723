// The layers of RSA in lanes one by one, over plain arrays, for each kind of vector: the tests themselves are not
// compiled for an instruction set that the processor may lack.
#pragma once

#include <array>
#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "keystore/signing/lanes/rsa/rsa_lanes.h"

namespace signet::lanes {

using Lane8 = std::array<uint64_t, 8>;
using LaneLimbs = std::array<Lane8, kLimbsMax>;  // [limb][lane]; those of the modulus count

struct RsaPrimitives {
  const char* name;
  LaneLimbs (*multiply)(const Modulus& modulus, const LaneLimbs& a, const LaneLimbs& b);
  // The same with the result in the place of a.
  LaneLimbs (*multiply_in_place)(const Modulus& modulus, const LaneLimbs& a, const LaneLimbs& b);
  LaneLimbs (*square)(const Modulus& modulus, const LaneLimbs& a);
  LaneLimbs (*square_in_place)(const Modulus& modulus, const LaneLimbs& a);
  LaneLimbs (*raise)(const Modulus& modulus, const uint64_t* one, const uint64_t* exponent, int bits,
                     const LaneLimbs& base);
  RsaLanes lanes;
};

extern const RsaLanes rsa_lanes_emulated;
RsaPrimitives emulated_rsa_primitives();
RsaPrimitives avx512_rsa_primitives();  // only where avx512_lanes_supported()

// Those that this processor has.
std::vector<RsaPrimitives> all_rsa_primitives();

// What a failed test says of its parameter.
inline void PrintTo(const RsaPrimitives& primitives, std::ostream* to) { *to << primitives.name; }

// Names the cases of a parameterised test.
struct NameOfRsaPrimitives {
  template <class Info>
  std::string operator()(const Info& info) const {
    return info.param.name;
  }
};

}  // namespace signet::lanes
