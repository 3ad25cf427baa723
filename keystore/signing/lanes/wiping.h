// What signing leaves behind in memory is wiped. Templates over the vector, so that no copy is shared with files for
// other processors.
#pragma once

#include <cstddef>
#include <cstdint>

#include "keystore/signing/lanes/inline.h"

namespace signet::lanes {

inline constexpr size_t kSpilledMax = 16 * 1024;

// What was spilled by the functions that were called lies below their caller's frame. `Depth` octets are wiped there.
template <class V, size_t Depth = kSpilledMax>
[[gnu::noinline]] void wipe_below() {
  uint8_t spilled[Depth];
  __builtin_memset(spilled, 0, sizeof spilled);
  asm volatile("" : : "r"(spilled) : "memory");
}

// wipe_first: the first `count` of some vectors, elements or structures of them.
template <class Element>
SIGNET_LANES_INLINE void wipe_first(Element* elements, size_t count) {
  __builtin_memset(static_cast<void*>(elements), 0, count * sizeof(Element));
  asm volatile("" : : "r"(elements) : "memory");
}

// wipe_work: an object that is not used any more, what was spilled, and the vector registers.
template <class V, class Work>
void wipe_work(Work& work) {
  wipe_below<V>();
  wipe_first(&work, 1);
  V::clear_registers();
}

}  // namespace signet::lanes
