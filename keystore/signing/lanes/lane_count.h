// How many signatures are made in step.
#pragma once

#include <cstddef>

namespace signet::lanes {

inline constexpr size_t kLanes = 8;

}  // namespace signet::lanes
