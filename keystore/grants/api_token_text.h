// The text of API tokens: 24 random octets in base64url, 32 characters without any structure. It exists while a token
// is made and while it is presented, and nowhere else; what is kept is its keyed hash (BLAKE2b-128 of the characters
// under the sub-key "api-token" of a family key).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "keystore/grants/api_token.h"
#include "keystore/grants/family_keys.h"
#include "protocol/base/secret_bytes.h"

namespace signet {

inline constexpr size_t kApiTokenTextSize = 32;  // characters: 192 bits

// valid_api_token_text: 32 characters of the base64url alphabet; all 192 bits count, so no text has a second spelling.
// Any thread, does not allocate.
bool valid_api_token_text(std::string_view text);

// api_token_id_of: the id of a text under the family key of `version`, which is known. Any thread, does not allocate.
ApiTokenId api_token_id_of(const FamilyKeys& keys, uint8_t version, std::string_view text);

// generate_api_token_text: 32 characters of secret random numbers (fill_secret_random), in memory that wipes itself.
// Any thread; allocates.
SecretBytes generate_api_token_text();

}  // namespace signet
