// Compiled for AVX-512; to be called only where the processor has it, see lane_support.h.
#include "keystore/signing/lanes/rsa/rsa_group.h"
#include "keystore/signing/lanes/vector_avx512.h"

namespace signet::lanes {

const RsaLanes rsa_lanes_avx512{blind_and_wipe<Avx512>, sign_and_wipe<Avx512>};

}  // namespace signet::lanes
