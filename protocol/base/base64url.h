// base64url without padding (RFC 7515 section 2, RFC 4648 section 5), and base64 for Basic credentials (RFC 7617).
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "protocol/base/bytes.h"

namespace signet {

// Characters that `size` octets take, unpadded.
constexpr size_t base64url_encoded_size(size_t size) { return (size * 4 + 2) / 3; }
// Octets that `size` characters give at most.
constexpr size_t base64url_decoded_size_max(size_t size) { return size * 3 / 4; }

// base64url_encode writes exactly base64url_encoded_size(from.size()) characters at `to` and returns that count.
// Vectorised by run-time dispatch. `to` must have that room; the two ranges must not overlap. Thread rule: any.
size_t base64url_encode(ByteSpan from, char* to);

// base64url_text: the same as a string. Allocates.
std::string base64url_text(ByteSpan from);

// base64url_decode is strict: no padding, no white space, no other alphabet, and the unused bits of the last character
// are zero (otherwise two spellings of one token would exist). Returns the octets written to `to` (room for
// base64url_decoded_size_max) or nothing; `to` is then unspecified. Vectorised by run-time dispatch. Thread rule: any.
std::optional<size_t> base64url_decode(std::string_view from, MutableByteSpan to);

// base64_decode: the standard alphabet of RFC 4648 section 4, padding required to be absent or exact, strict otherwise.
std::optional<size_t> base64_decode(std::string_view from, MutableByteSpan to);

}  // namespace signet
