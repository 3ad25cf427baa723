// Clocks of the generator, in nanoseconds.
#pragma once

#include <time.h>

#include <cstdint>

namespace signet::load {

inline uint64_t read_clock_ns(clockid_t clock) {
  timespec now;
  clock_gettime(clock, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
}
inline uint64_t monotonic_ns() { return read_clock_ns(CLOCK_MONOTONIC); }
// CPU time of the calling thread.
inline uint64_t thread_cpu_ns() { return read_clock_ns(CLOCK_THREAD_CPUTIME_ID); }

}  // namespace signet::load
