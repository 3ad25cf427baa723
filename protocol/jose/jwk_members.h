// Members of a JWK that hold octets as base64url; shared by the writer of keys and the thumbprint.
#pragma once

#include <array>
#include <cstddef>

#include "protocol/base/base64url.h"
#include "protocol/base/bytes.h"
#include "protocol/base/check.h"
#include "protocol/json/writer.h"

namespace signet {

// Octets of one member: an RSA modulus of 8192 bits.
inline constexpr size_t kJwkMemberSizeMax = 1024;
// Octets that one written key takes at most.
inline constexpr size_t kJwkJsonSizeMax = 2048;
static_assert(kJwkJsonSizeMax > base64url_encoded_size(kJwkMemberSizeMax) + 512);

// write_base64url_member writes "name":"base64url(octets)". More than kJwkMemberSizeMax octets is a bug and aborts.
inline void write_base64url_member(JsonWriter& json, JsonName name, ByteSpan octets) {
  std::array<char, base64url_encoded_size(kJwkMemberSizeMax)> encoded;
  SIGNET_CHECK(octets.size() <= kJwkMemberSizeMax);
  const size_t size = base64url_encode(octets, encoded.data());
  json.member(name, std::string_view(encoded.data(), size));
}

}  // namespace signet
