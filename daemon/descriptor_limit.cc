#include "daemon/descriptor_limit.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>

namespace signet {

uint64_t raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  const rlim_t before = limit.rlim_cur;
  limit.rlim_cur = limit.rlim_max;
  // It may be refused: above what the kernel takes, or by a filter of system calls.
  return ::setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : before;
}

uint32_t connections_that_fit(uint64_t descriptors, size_t workers, uint32_t wanted) {
  const uint64_t free = descriptors > kDescriptorsReserved ? descriptors - kDescriptorsReserved : 0;
  return static_cast<uint32_t>(std::min<uint64_t>(wanted, free / std::max<size_t>(workers, 1)));
}

std::string too_few_descriptors(uint64_t descriptors, size_t workers) {
  return fmt::format(
      "the limit of {} file descriptors is too low: {} worker(s) with at least {} connections each need {}\nRaise the "
      "hard limit (LimitNOFILE= of a systemd unit, ulimit -Hn of a shell, --ulimit nofile of a container), or set "
      "`workers` lower.",
      descriptors, workers, kWorkerConnectionsMin, kDescriptorsReserved + workers * kWorkerConnectionsMin);
}

}  // namespace signet
