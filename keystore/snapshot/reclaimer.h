// Reclaimer: the thread that polls one QuiescentDomain. Owned by whoever owns the domain (the keystore), apart from it,
// so that tests of the domain stay deterministic.
#pragma once

#include <thread>

#include "keystore/snapshot/quiescence.h"

namespace signet {

class Reclaimer {
 public:
  // Starts the thread. `domain` outlives this object.
  explicit Reclaimer(QuiescentDomain& domain);
  // Stops and joins. What is still retired then waits for the next poll or for the domain's end.
  ~Reclaimer() = default;
  Reclaimer(const Reclaimer&) = delete;
  Reclaimer& operator=(const Reclaimer&) = delete;

 private:
  static void run(const std::stop_token& stop, QuiescentDomain& domain);
  std::jthread thread_;
};

}  // namespace signet
