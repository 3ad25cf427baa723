// ApiToken: one reusable API token (or another credential that is only a bearer key) as the store keeps it and
// administrators see it. The text itself is nowhere kept: see api_token_text.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "protocol/base/digest.h"
#include "protocol/base/time.h"

namespace signet {

// The keyed hash of the token's text: 128 bits that name its row and tell nothing about the text.
using ApiTokenId = KeyedHash128;

// Which dialect a token is for: one of another kind is no token there. 1 to 255. On disk: never renumber.
enum class ApiTokenKind : uint8_t {
  kVcloud = 1,   // vCloud Director's API token
  kApiKey = 2,   // a plain API key, as of Nova Post
  kSandbox = 3,  // a key of a sandbox
};

struct ApiToken {
  uint32_t tenant = 0;
  ApiTokenId id{};
  uint8_t key_version = 0;  // of the family key that the id was made under
  ApiTokenKind kind{};
  std::string client_id;
  std::string subject;                 // of its access tokens
  std::string name;                    // for people
  std::string scope;                   // its access tokens have no more
  std::vector<std::string> audiences;  // likewise; empty = whatever the dialect says
  UnixMs created_ms = 0;               // by the store's clock, when it was committed
  UnixSeconds expires_at = 0;          // 0 = never
  uint32_t last_used_minute = 0;       // Unix time / 60, coarse (kApiTokenUseStepMinutes); 0 = never
  bool operator==(const ApiToken&) const = default;
};

// What may be in a row, in octets; the store refuses others. Subject and audiences are bounded as a family's.
inline constexpr size_t kApiTokenNameSizeMax = 128;  // at least 1; UTF-8 without control characters

// A use is put on record when the one on record is so many minutes older: a row is written at most six times an hour,
// however often its token is used.
inline constexpr uint32_t kApiTokenUseStepMinutes = 10;

}  // namespace signet
