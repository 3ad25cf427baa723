// Compiled for AVX-512; nothing here runs unless avx512_lanes_supported said so.
#include "keystore/signing/lanes/vector_avx512.h"
#include "tests/keystore/signing/lanes/p256/p256_primitives_of.h"

namespace signet::lanes::p256 {

Primitives avx512_primitives() { return primitives_of<Avx512>("avx512"); }

}  // namespace signet::lanes::p256
