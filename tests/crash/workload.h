// The process that is killed: four workers change the store at random and write the ledger to a pipe.
#pragma once

#include <cstdint>
#include <string>

namespace signet::crash {

struct WorkloadOptions {
  std::string data;
  uint64_t seed = 0;
  int ledger_fd = -1;
};

// Runs until killed, or until the store fails: then 3. What the workers find is read from the store itself.
int run_workload(const WorkloadOptions& options);

}  // namespace signet::crash
