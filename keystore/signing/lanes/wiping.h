// What signing leaves behind in memory is wiped. Templates over the vector, so that no copy is shared with files for
// other processors.
#pragma once

#include <cstddef>
#include <cstdint>

namespace signet::lanes {

// What was spilled by the functions that were called lies below their caller's frame.
template <class V>
[[gnu::noinline]] void wipe_below() {
  uint8_t spilled[16 * 1024];
  __builtin_memset(spilled, 0, sizeof spilled);
  asm volatile("" : : "r"(spilled) : "memory");
}

// wipe_work: an object that is not used any more, what was spilled, and the vector registers.
template <class V, class Work>
void wipe_work(Work& work) {
  wipe_below<V>();
  __builtin_memset(static_cast<void*>(&work), 0, sizeof work);
  asm volatile("" : : "r"(&work) : "memory");
  V::clear_registers();
}

}  // namespace signet::lanes
