// Inverses modulo P-256's prime and modulo the order of its base point, in constant time (divsteps.h).
#pragma once

#include <cstdint>

namespace signet::lanes::p256 {

// Each puts 1 / a in the place of a, below the modulus, little-endian words; 0 stays 0.
void inverse_modulo_prime(uint64_t (&a)[4]);
void inverse_modulo_order(uint64_t (&a)[4]);

}  // namespace signet::lanes::p256
