// ProcessMetrics: what Prometheus clients by convention say of their own process.
#pragma once

#include <cstdint>
#include <optional>

namespace signet {

struct ProcessMetrics {
  double cpu_seconds = 0;         // user and system time
  double start_time_seconds = 0;  // Unix time
  uint64_t resident_bytes = 0;
  uint64_t virtual_bytes = 0;
  uint64_t threads = 0;
  uint64_t open_fds = 0;
  uint64_t fds_max = 0;
};

// read_process_metrics reads /proc. Nothing when /proc is not there. Any thread; system calls.
std::optional<ProcessMetrics> read_process_metrics();

}  // namespace signet
