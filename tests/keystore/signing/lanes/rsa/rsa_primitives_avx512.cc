// Compiled for AVX-512; nothing here runs unless avx512_lanes_supported said so.
#include "keystore/signing/lanes/vector_avx512.h"
#include "tests/keystore/signing/lanes/rsa/rsa_primitives_of.h"

namespace signet::lanes {

RsaPrimitives avx512_rsa_primitives() { return rsa_primitives_of<Avx512>("avx512", rsa_lanes_avx512); }

}  // namespace signet::lanes
