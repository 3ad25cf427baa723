// The text of API tokens. One that is made here is 24 random octets in base64url, 32 characters without any structure;
// one that another system gave out is taken over as it is. It exists while a token is made and while it is presented,
// and nowhere else; what is kept is its keyed hash (BLAKE2b-128 of the characters under the sub-key "api-token" of a
// family key).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "keystore/grants/api_token.h"
#include "keystore/grants/family_keys.h"
#include "protocol/base/secret_bytes.h"

namespace signet {

inline constexpr size_t kApiTokenTextSize = 32;  // characters of one that is made here: 192 bits
// Of any. Shorter ones could be guessed, and 128 characters are two blocks of the hash.
inline constexpr size_t kApiTokenTextSizeMin = 16;
inline constexpr size_t kApiTokenTextSizeMax = 128;

// valid_api_token_text: what may be the text of some token: 16 to 128 visible ASCII characters. They are hashed as they
// are, so no text has a second spelling. Any thread, does not allocate.
bool valid_api_token_text(std::string_view text);

// takes_given_text: whether tokens of the kind may have the text of another system. Any thread.
constexpr bool takes_given_text(ApiTokenKind kind) {
  return kind == ApiTokenKind::kVcloud || kind == ApiTokenKind::kApiKey;
}

// api_token_id_of: the id of a text under the family key of `version`, which is known. Any thread, does not allocate.
ApiTokenId api_token_id_of(const FamilyKeys& keys, uint8_t version, std::string_view text);

// generate_api_token_text: 32 characters of secret random numbers (fill_secret_random), in memory that wipes itself.
// Any thread; allocates.
SecretBytes generate_api_token_text();

}  // namespace signet
