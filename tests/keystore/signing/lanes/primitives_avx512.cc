// Compiled for AVX-512; nothing here runs unless avx512_lanes_supported said so.
#include "keystore/signing/lanes/vector_avx512.h"
#include "tests/keystore/signing/lanes/primitives_of.h"

namespace signet::lanes {

Primitives avx512_primitives() { return primitives_of<Avx512>("avx512", ed25519_sign_avx512); }

}  // namespace signet::lanes
