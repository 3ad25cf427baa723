#include "keystore/vault/locked_pages.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "protocol/base/check.h"

namespace signet {
namespace {

size_t page_size() {
  static const size_t size = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  return size;
}

}  // namespace

size_t whole_pages(size_t size) { return (size + page_size() - 1) / page_size() * page_size(); }

LockedPages map_locked_pages(size_t size) {
  const size_t page = page_size();
  if (size == 0 || size > SIZE_MAX / 2) return {};
  const size_t usable = whole_pages(size);
  // Guard pages: an overrun faults instead of reaching other memory.
  void* base = mmap(nullptr, usable + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (base == MAP_FAILED) return {};
  uint8_t* data = static_cast<uint8_t*>(base) + page;
  if (mprotect(data, usable, PROT_READ | PROT_WRITE) != 0 || madvise(data, usable, MADV_DONTDUMP) != 0) {
    munmap(base, usable + 2 * page);
    return {};
  }
  return {data, usable, mlock(data, usable) == 0};
}

void unmap_locked_pages(const LockedPages& pages) {
  if (pages.data == nullptr) return;
  explicit_bzero(pages.data, pages.size);
  const size_t page = page_size();
  // munmap also takes the lock off; it fails only for arguments that map_locked_pages did not give.
  SIGNET_CHECK(munmap(pages.data - page, pages.size + 2 * page) == 0);
}

}  // namespace signet
