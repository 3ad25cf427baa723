// fill_random: per-thread buffered CSPRNG for ids (jti, family ids), never for key material. One getrandom(2) call
// fills 4 KiB, so that an id costs no system call. Used bytes are wiped, and a forked child starts with an empty
// buffer. Aborts if the kernel refuses (nothing can be issued without randomness). Thread rule: any. Does not allocate.
#pragma once

#include "protocol/base/bytes.h"

namespace signet {

void fill_random(MutableByteSpan out);

}  // namespace signet
