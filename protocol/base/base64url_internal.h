// The encoders and decoders behind base64url_encode and base64url_decode, one per instruction set, for the dispatch,
// its tests and its benchmark.
#pragma once

#include <cstddef>
#include <cstdint>

namespace signet::internal {

// An encoder writes the unpadded encoding of `size` octets at `to` and returns the characters written.
using Base64UrlEncoder = size_t (*)(const uint8_t* from, size_t size, char* to);

size_t base64url_encode_scalar(const uint8_t* from, size_t size, char* to);
// The vector ones run only on processors that have the instructions: ask base64url_has_* first.
size_t base64url_encode_avx2(const uint8_t* from, size_t size, char* to);
size_t base64url_encode_vbmi(const uint8_t* from, size_t size, char* to);

// A decoder writes the base64url_decoded_size_max(size) octets of `size` characters at `to`, nothing beyond, and says
// whether all characters are of the alphabet and the unused bits zero. size % 4 is not 1.
using Base64UrlDecoder = bool (*)(const uint8_t* from, size_t size, uint8_t* to);

bool base64url_decode_scalar(const uint8_t* from, size_t size, uint8_t* to);
bool base64url_decode_vbmi(const uint8_t* from, size_t size, uint8_t* to);  // as the encoder

bool base64url_has_avx2();
bool base64url_has_vbmi();

}  // namespace signet::internal
