// signing_start with a choice of OpenSSL's memory: for benchmarks and tests; the daemon calls signing_start.
#pragma once

#include <string_view>

#include "keystore/signing/openssl_memory.h"

namespace signet {

// signing_start_with does what signing_start says. A second call does nothing and gives the first one's result.
[[nodiscard]] bool signing_start_with(OpensslMemory memory);

}  // namespace signet
