#include "keystore/signing/spot_check.h"

#include <sodium.h>

#include "keystore/signing/lanes/lane_count.h"
#include "keystore/signing/lanes/lane_dispatch.h"

namespace signet {

using lanes::kLanes;
using lanes::lane_spot_check;

// Not all signers of the process after the same number of groups, nor a new one never.
SpotCheck::SpotCheck() : full_groups_(lane_spot_check() == 0 ? 0 : randombytes_uniform(lane_spot_check())) {}

std::optional<size_t> SpotCheck::due(size_t real) {
  const size_t full = real / kLanes;
  const uint32_t spot_check = lane_spot_check();
  full_groups_ += static_cast<uint32_t>(full);
  if (full == 0 || spot_check == 0 || full_groups_ < spot_check) return std::nullopt;
  full_groups_ = 0;
  return randombytes_uniform(static_cast<uint32_t>(full * kLanes));
}

}  // namespace signet
