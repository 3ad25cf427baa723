// Compiled for AVX-512; to be called only where the processor has it, see lane_support.h.
#include "keystore/signing/lanes/ed25519_group.h"
#include "keystore/signing/lanes/vector_avx512.h"

namespace signet::lanes {

bool ed25519_sign_avx512(const BaseTable& table, const Ed25519LaneJob* jobs, size_t groups) {
  return sign_and_wipe<Avx512>(table, jobs, groups);
}

}  // namespace signet::lanes
