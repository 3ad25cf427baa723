#include "keystore/keys/key_set_age.h"

#include <algorithm>

#include "keystore/keys/key_life.h"

namespace signet {

static_assert(kKeySetAgeMinS < kVerifierReloadS, "a copy that outlives a step is older than verifiers may be late");

uint32_t key_set_max_age_s(std::span<const UnixSeconds> steps, UnixSeconds now, uint32_t promised_s) {
  const auto counts = [&](UnixSeconds step) { return step > now - UnixSeconds{kVerifierReloadS}; };
  const auto next = std::ranges::find_if(steps, counts);
  if (next == steps.end()) return promised_s;
  const UnixSeconds left = std::max<UnixSeconds>(*next - now, kKeySetAgeMinS);
  return static_cast<uint32_t>(std::min<UnixSeconds>(left, promised_s));
}

}  // namespace signet
