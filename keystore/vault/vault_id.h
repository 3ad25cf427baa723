// VaultId: the random name of a vault, in everything that belongs to it.
#pragma once

#include <array>
#include <cstdint>

namespace signet {

using VaultId = std::array<uint8_t, 16>;

}  // namespace signet
