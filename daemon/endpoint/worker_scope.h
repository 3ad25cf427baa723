// WorkerScope: what the endpoints of one worker share. Loop thread only; outlived by the worker.
#pragma once

#include <cstddef>
#include <cstdint>

#include "daemon/endpoint/mailbox.h"
#include "daemon/endpoint/rate_buckets.h"
#include "daemon/endpoint/service_shared.h"
#include "daemon/http/handler.h"
#include "daemon/metrics.h"
#include "keystore/keystore.h"
#include "keystore/queue/signing_queue.h"

namespace signet {

// Wall clock in milliseconds; replaceable in tests.
using WallClock = UnixMs (*)();
UnixMs system_clock_ms();

struct WorkerScope {
  Keystore& keystore;
  size_t worker_index;
  WorkerMetrics& metrics;
  const ServiceShared& shared;
  SigningQueue& queue;
  WallClock clock;
  Mailbox& mailbox;  // for what other threads finish
  RateBuckets buckets{};
};

inline SigningJobOwner job_owner(const http::Request& request) {
  return {.slot = request.id.slot,
          .generation = request.id.generation,
          .sequence = request.id.sequence,
          .arrived_ns = request.arrived_ns};
}
inline http::ExchangeId exchange_of(const SigningJobOwner& owner) {
  return {owner.slot, owner.generation, owner.sequence};
}

// Monotonic nanoseconds, the clock of Request::arrived_ns.
uint64_t monotonic_ns();

}  // namespace signet
