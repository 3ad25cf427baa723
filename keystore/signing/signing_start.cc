#include "keystore/signing/signing_start.h"

#include <openssl/crypto.h>
#include <sodium.h>

#include <mutex>

#include "keystore/signing/known_answers.h"
#include "keystore/signing/lanes/openssl_handles.h"
#include "keystore/signing/openssl_random.h"
#include "keystore/signing/private_key.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SIGNET_ADDRESS_SANITIZER 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define SIGNET_ADDRESS_SANITIZER 1
#endif

namespace signet {
namespace {

// AddressSanitizer sees errors around a block only when the block comes from malloc.
#if defined(SIGNET_ADDRESS_SANITIZER)
constexpr OpensslMemory kMemory = OpensslMemory::kSecureHeap;
#else
constexpr OpensslMemory kMemory = OpensslMemory::kThreadArenas;
#endif

std::string_view start(OpensslMemory memory) {
  if (sodium_init() < 0) return "libsodium refuses to start";
  if (!openssl_memory_start(memory)) {
    return "no locked memory for OpenSSL: raise RLIMIT_MEMLOCK (LimitMEMLOCK=), start signing before any use of "
           "OpenSSL";
  }
  // No openssl.cnf: it could load providers and engines into the process that holds the keys.
  if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_ADD_ALL_DIGESTS, nullptr) != 1) {
    return "OpenSSL refuses to start";
  }
  if (!openssl_random_start()) return "OpenSSL refuses to draw its randomness from the kernel";
  const OpensslErrors errors;
  if (failing_known_answer()) return "a known-answer test of the signing algorithms failed";
  return {};
}

// Constant-initialised: nothing here depends on the order of other files' initialisers.
constinit std::once_flag started;
constinit std::string_view failure;

}  // namespace

bool signing_start_with(OpensslMemory memory) {
  std::call_once(started, [memory] { failure = start(memory); });
  return failure.empty();
}

bool signing_start() { return signing_start_with(kMemory); }

std::string_view signing_start_failure() { return failure; }

}  // namespace signet
