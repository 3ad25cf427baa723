// A private key out of a file: PEM of PKCS#8 (RFC 7468 section 10), or a JWK (RFC 7517). Pure.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/base/secret_bytes.h"

namespace signet::ctl {

struct KeyMaterial {
  SecretBytes octets;              // PKCS#8, or the secret of an HMAC key
  std::optional<std::string> alg;  // as a JWK says it
};

// read_key_material: the error says what is wrong with the file, and what makes of it one that is taken.
std::expected<KeyMaterial, std::string> read_key_material(std::string_view text);

}  // namespace signet::ctl
