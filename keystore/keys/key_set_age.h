// How old a copy of a tenant's key set may become: never older than the next step that is planned for a key in it, so
// that whoever caches looks again when there is something to see. See keys/README.md. Pure.
#pragma once

#include <cstdint>
#include <span>

#include "protocol/base/time.h"

namespace signet {

// A copy that was taken just before a step, or while the step is late by what a commit takes, is good for so long: less
// would let every verifier ask again and again until the step is made. It is far less than kVerifierReloadS, by which
// verifiers may be late anyway.
inline constexpr uint32_t kKeySetAgeMinS = 15;

// key_set_max_age_s gives the max-age of a copy that is served at `now`: seconds until the first of `steps`
// (ascending), at least kKeySetAgeMinS, and never more than `promised_s`, which the keys were told of. A step that
// should have been made more than kVerifierReloadS ago is no longer planned for any moment, and does not count. Does
// not allocate.
uint32_t key_set_max_age_s(std::span<const UnixSeconds> steps, UnixSeconds now, uint32_t promised_s);

}  // namespace signet
