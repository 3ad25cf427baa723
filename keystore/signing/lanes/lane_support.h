// What this processor has.
#pragma once

namespace signet::lanes {

// avx512_lanes_supported tells whether the processor has the instructions of vector_avx512.h and the system keeps their
// registers. The environment variable SIGNET_WITHOUT_AVX512 says no for it. Any thread.
bool avx512_lanes_supported();

}  // namespace signet::lanes
