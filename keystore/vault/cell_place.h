// CellPlace: where a sealed cell lives; bound to the ciphertext as associated data (with the vault id).
#pragma once

#include <cstdint>
#include <string_view>

#include "protocol/base/bytes.h"

namespace signet {

struct CellPlace {
  std::string_view family;  // e.g. "key", "pepper"
  ByteSpan row;             // the record's key bytes
  uint32_t version = 0;
};

}  // namespace signet
