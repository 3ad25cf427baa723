// Sleeps without a timer while nothing is retired. While something is, it looks again in growing pauses: a reader's
// pass is two plain memory accesses and cannot signal, which is what keeps the readers free of system calls.
#include "keystore/snapshot/reclaimer.h"

#include <algorithm>
#include <chrono>
#include <functional>

namespace signet {
namespace {

using std::chrono::microseconds;
constexpr microseconds kPauseMin{20};    // an awake worker passes within tens of microseconds
constexpr microseconds kPauseMax{1000};  // a worker in a long iteration: completion is late by this at most

}  // namespace

Reclaimer::Reclaimer(QuiescentDomain& domain) : thread_(&Reclaimer::run, std::ref(domain)) {}

void Reclaimer::run(const std::stop_token& stop, QuiescentDomain& domain) {
  while (domain.wait_for_retired(stop)) {
    microseconds pause = kPauseMin;
    while (domain.poll() == 0 && domain.backlog().actions != 0 && !stop.stop_requested()) {
      std::this_thread::sleep_for(pause);
      pause = std::min(pause * 2, kPauseMax);
    }
  }
}

}  // namespace signet
