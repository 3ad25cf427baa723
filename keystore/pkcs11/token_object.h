// TokenObject: which private key in which token, and its PKCS#11 URI (RFC 7512), by which rows of the store name it.
// Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signet {

struct TokenObject {
  std::string serial;       // of the token, without the blanks that fill it
  std::vector<uint8_t> id;  // CKA_ID, not empty
  bool operator==(const TokenObject&) const = default;
};

// "pkcs11:serial=4f2a...;id=%A1%B2...;type=private"
std::string write_token_object(const TokenObject& object);
// read_token_object takes exactly what write_token_object writes; nothing for any other spelling.
std::optional<TokenObject> read_token_object(std::string_view text);
// The id for people and for the tool: hexadecimal.
std::string token_object_id_text(const std::vector<uint8_t>& id);

}  // namespace signet
