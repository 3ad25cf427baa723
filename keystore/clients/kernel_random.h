// fill_from_kernel: getrandom(2) straight into `out`, for secrets and key material (ids take the buffered fill_random).
// Aborts if the kernel refuses: nothing can be made without randomness. Any thread.
#pragma once

#include "protocol/base/bytes.h"

namespace signet {

void fill_from_kernel(MutableByteSpan out);

}  // namespace signet
