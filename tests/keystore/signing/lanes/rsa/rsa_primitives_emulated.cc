#include "keystore/signing/lanes/lane_support.h"
#include "keystore/signing/lanes/vector_emulated.h"
#include "tests/keystore/signing/lanes/rsa/rsa_primitives_of.h"

namespace signet::lanes {

RsaPrimitives emulated_rsa_primitives() { return rsa_primitives_of<Emulated>("emulated", rsa_lanes_emulated); }

std::vector<RsaPrimitives> all_rsa_primitives() {
  std::vector<RsaPrimitives> all{emulated_rsa_primitives()};
#if defined(__x86_64__)
  if (avx512_lanes_supported()) all.push_back(avx512_rsa_primitives());
#endif
  return all;
}

}  // namespace signet::lanes
