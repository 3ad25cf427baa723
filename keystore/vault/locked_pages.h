// LockedPages: anonymous pages for secrets: kept out of swap (mlock) and out of core dumps (MADV_DONTDUMP), between two
// guard pages. The one place that asks the kernel for such memory.
#pragma once

#include <cstddef>
#include <cstdint>

namespace signet {

struct LockedPages {
  uint8_t* data = nullptr;  // null: the kernel gave no memory at all
  size_t size = 0;          // octets, whole pages
  bool locked = false;      // false: mlock was refused (RLIMIT_MEMLOCK), the pages could be swapped out
};

// whole_pages rounds up to the page size.
size_t whole_pages(size_t size);
// map_locked_pages maps at least `size` zero octets. Any thread, system calls.
LockedPages map_locked_pages(size_t size);
// unmap_locked_pages wipes and returns them with their guard pages.
void unmap_locked_pages(const LockedPages& pages);

}  // namespace signet
