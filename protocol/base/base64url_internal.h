// The encoders behind base64url_encode, one per instruction set, for the dispatch, its tests and its benchmark.
#pragma once

#include <cstddef>
#include <cstdint>

namespace signet::internal {

// An encoder writes the unpadded encoding of `size` octets at `to` and returns the characters written.
using Base64UrlEncoder = size_t (*)(const uint8_t* from, size_t size, char* to);

size_t base64url_encode_scalar(const uint8_t* from, size_t size, char* to);
// These two run only on processors that have the instructions: ask base64url_has_* first.
size_t base64url_encode_avx2(const uint8_t* from, size_t size, char* to);
size_t base64url_encode_vbmi(const uint8_t* from, size_t size, char* to);
bool base64url_has_avx2();
bool base64url_has_vbmi();

}  // namespace signet::internal
