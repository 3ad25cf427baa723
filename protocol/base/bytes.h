// Byte spans: how raw octets are passed everywhere. Borrowed, never owning.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace signet {

using ByteSpan = std::span<const uint8_t>;
using MutableByteSpan = std::span<uint8_t>;

// as_bytes views the characters of `text` as octets. Borrowed: valid as long as `text` is.
inline ByteSpan as_bytes(std::string_view text) { return {reinterpret_cast<const uint8_t*>(text.data()), text.size()}; }

// as_text views octets as characters. Borrowed: valid as long as `bytes` is.
inline std::string_view as_text(ByteSpan bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

}  // namespace signet
