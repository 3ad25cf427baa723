#include "keystore/signing/lanes/lane_support.h"

#include <cstdlib>

namespace signet::lanes {

bool avx512_lanes_supported() {
  // For tests of what other processors do.
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing here changes the environment
  if (std::getenv("SIGNET_WITHOUT_AVX512") != nullptr) return false;
#if defined(__x86_64__)
  // The compiler's own table also asks the system (XCR0) for the registers.
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512ifma") && __builtin_cpu_supports("avx512vbmi") &&
         __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("bmi2");
#else
  return false;
#endif
}

}  // namespace signet::lanes
