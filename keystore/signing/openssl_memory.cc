#include "keystore/signing/openssl_memory.h"

#include <openssl/crypto.h>

#include "keystore/signing/thread_arena.h"

namespace signet {
namespace {

// OpenSSL passes the calling file and line as well.
void* allocate(size_t size, const char*, int) { return thread_arena_allocate(size); }
void* reallocate(void* block, size_t size, const char*, int) { return thread_arena_reallocate(block, size); }
void release(void* block, const char*, int) { thread_arena_free(block); }

// Room for some two hundred keys; each RSA key takes about 4 KiB of it.
constexpr size_t kSecureHeapSize = 1024 * 1024;
constexpr size_t kSecureBlockMin = 32;

}  // namespace

bool openssl_memory_start(OpensslMemory choice) {
  switch (choice) {
    case OpensslMemory::kThreadArenas:
      // The first block proves that memory can be locked at all. The secure heap stays off: OpenSSL then takes private
      // material from the same arenas.
      thread_arena_free(thread_arena_allocate(1));
      return thread_arena_mapped() != 0 && thread_arena_unlocked() == 0 &&
             CRYPTO_set_mem_functions(allocate, reallocate, release) == 1;
    case OpensslMemory::kSecureHeap:
      // 2 would mean: works, but could not be locked.
      return CRYPTO_secure_malloc_initialized() == 1 ||
             CRYPTO_secure_malloc_init(kSecureHeapSize, kSecureBlockMin) == 1;
    case OpensslMemory::kLibrary:
      return true;
  }
  return false;
}

OpensslMemoryUse openssl_memory_use() { return {thread_arena_mapped(), thread_arena_unlocked()}; }

}  // namespace signet
