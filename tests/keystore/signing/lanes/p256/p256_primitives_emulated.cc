#include "keystore/signing/lanes/lane_support.h"
#include "keystore/signing/lanes/vector_emulated.h"
#include "tests/keystore/signing/lanes/p256/p256_primitives_of.h"

namespace signet::lanes::p256 {

Primitives emulated_primitives() { return primitives_of<Emulated>("emulated"); }

std::vector<Primitives> all_primitives() {
  std::vector<Primitives> all{emulated_primitives()};
#if defined(__x86_64__)
  if (avx512_lanes_supported()) all.push_back(avx512_primitives());
#endif
  return all;
}

}  // namespace signet::lanes::p256
