#include "daemon/endpoint/worker_scope.h"

#include <ctime>

namespace signet {

UnixMs system_clock_ms() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return UnixMs{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

uint64_t monotonic_ns() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
}

}  // namespace signet
