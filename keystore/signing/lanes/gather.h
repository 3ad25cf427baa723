// What each lane needs of its key. Which key a lane has is public.
#pragma once

#include <cstddef>
#include <cstdint>

#include "keystore/signing/lanes/inline.h"

namespace signet::lanes {

// gather gives lane i the words `member` of the key of jobs[i].
template <class V, class Job, class Key, size_t N>
SIGNET_LANES_INLINE void gather(const Job* jobs, uint64_t (Key::*member)[N], V (&to)[N]) {
  bool shared = true;
  for (size_t i = 1; i < 8; ++i) shared = shared && jobs[i].key == jobs[0].key;
  for (size_t k = 0; k < N; ++k) {
    if (shared) {
      to[k] = V::splat((jobs[0].key->*member)[k]);
      continue;
    }
    alignas(64) uint64_t lanes[8];
    for (size_t i = 0; i < 8; ++i) lanes[i] = (jobs[i].key->*member)[k];
    to[k] = V::load(lanes);
  }
}

}  // namespace signet::lanes
