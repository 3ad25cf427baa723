// Randomness of the kernel, from buffers of the thread. fill_random: per-thread buffered CSPRNG for ids (jti, family
// ids), never for key material. One getrandom(2) call fills 4 KiB, so that an id costs no system call. Used bytes are
// wiped, and a forked child starts with an empty buffer. Aborts if the kernel refuses (nothing can be issued without
// randomness). Thread rule: any. Does not allocate.
#pragma once

#include "protocol/base/bytes.h"

namespace signet {

void fill_random(MutableByteSpan out);

// fill_secret_random: the same for what must stay secret (a library's key material, nonces of signatures). Its buffer
// is a locked, undumpable page of its own; where the kernel gives no such page, and for more than 256 octets at once,
// it asks the kernel each time. Thread rule: any. Does not allocate.
void fill_secret_random(MutableByteSpan out);

}  // namespace signet
