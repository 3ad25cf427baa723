// RAND_METHOD is deprecated in favour of providers, which are asked through the chain of generators that this avoids.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "keystore/signing/openssl_random.h"

#include <openssl/rand.h>

#include "protocol/base/random.h"

namespace signet {
namespace {

int fill(unsigned char* out, int size) {
  if (size < 0) return 0;
  fill_secret_random({out, static_cast<size_t>(size)});
  return 1;
}

int good() { return 1; }

// Seeds that OpenSSL offers are not needed: the kernel has its own.
const RAND_METHOD kKernel = {nullptr, fill, nullptr, nullptr, fill, good};

}  // namespace

bool openssl_random_start() { return RAND_set_rand_method(&kKernel) == 1; }

}  // namespace signet
