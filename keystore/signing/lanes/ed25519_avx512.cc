// Compiled for AVX-512; to be called only where the processor has it, see lane_dispatch.h.
#include "keystore/signing/lanes/ed25519_group.h"
#include "keystore/signing/lanes/vector_avx512.h"

namespace signet::lanes {

void ed25519_sign_avx512(const BaseTable& table, const Ed25519LaneJob* jobs, size_t groups) {
  sign_and_wipe<Avx512>(table, jobs, groups);
}

}  // namespace signet::lanes
