// Where OpenSSL's memory comes from. OpenSSL allocates a few dozen blocks for each ECDSA or RSA signature; its own
// protected heap is one lock for the whole process and serves only the blocks it marks. So all of its memory comes from
// here: per-thread free lists over locked, undumpable pages, each block wiped when it is freed. In steady state a
// worker that signs calls neither malloc nor the kernel, and takes no lock.
#pragma once

#include <cstddef>
#include <cstdint>

namespace signet {

enum class OpensslMemory : uint8_t {
  kThreadArenas,  // this file
  kSecureHeap,    // malloc, and OpenSSL's secure heap for what it marks as private: under AddressSanitizer
  kLibrary,       // malloc: only to measure against
};

// openssl_memory_start installs `choice`. Before any other use of OpenSSL in the process, before other threads.
// False: OpenSSL has allocated already, or no memory could be locked; nothing is installed.
[[nodiscard]] bool openssl_memory_start(OpensslMemory choice);

struct OpensslMemoryUse {
  size_t mapped = 0;    // octets taken from the kernel; grows only when more is in use than ever before
  size_t unlocked = 0;  // of these, octets that the kernel refused to lock (RLIMIT_MEMLOCK)
};
// openssl_memory_use counts the arenas alone. Any thread.
OpensslMemoryUse openssl_memory_use();

}  // namespace signet
