// Compiled for AVX-512; to be called only where the processor has it, see lane_support.h.
#include "keystore/signing/lanes/p256/p256_group.h"
#include "keystore/signing/lanes/vector_avx512.h"

namespace signet::lanes::p256 {

Outcome sign_avx512(const BaseTable& table, const LaneJob* jobs, size_t groups) {
  return sign_and_wipe<Avx512>(table, jobs, groups);
}

}  // namespace signet::lanes::p256
