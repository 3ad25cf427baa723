// The inverse modulo 2^255 - 19, in constant time.
#pragma once

#include <cstdint>

namespace signet::lanes {

// inverse25519 puts 1 / a in the place of a, below 2^255 - 19, little-endian words; 0 stays 0. Steps of division after
// Bernstein and Yang ("Fast constant-time gcd computation and modular inversion", 2019), in the form that starts from
// delta = 1/2, where 587 steps are enough for any a; here 590. No branch and no address depends on `a`.
void inverse25519(uint64_t (&a)[4]);

}  // namespace signet::lanes
