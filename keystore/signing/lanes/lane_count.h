// How many signatures are made in step, and in one call.
#pragma once

#include <cstddef>

namespace signet::lanes {

inline constexpr size_t kLanes = 8;
inline constexpr size_t kGroupsMax = 8;  // of kLanes jobs, in one call (EdDSA and ES256)

}  // namespace signet::lanes
