// SandboxKey: the test key of one phone number, and what becomes of it when it is asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "keystore/grants/family_keys.h"
#include "protocol/base/secret_bytes.h"
#include "protocol/base/time.h"

namespace signet {

inline constexpr UnixSeconds kSandboxDayS = 24 * 60 * 60;
inline constexpr UnixSeconds kSandboxLifeS = 365 * kSandboxDayS;
inline constexpr UnixSeconds kSandboxForgottenS = 90 * kSandboxDayS;  // after its end: then it is another key
inline constexpr int64_t kSandboxAsksMax = 10;                        // a day

// The key itself is not kept: it is made again of these under a family key. Members are what its record has.
struct SandboxKey {
  std::string seed;         // random, of this key alone
  uint8_t key_version = 0;  // of the family key
  UnixSeconds created_at = 0;
  UnixSeconds expires_at = 0;
  int64_t asked_day = 0;  // days since 1970
  int64_t asks = 0;       // on that day

  bool active(UnixSeconds now) const { return now < expires_at; }
};

std::string sandbox_key_json(const SandboxKey& key);
std::optional<SandboxKey> read_sandbox_key(std::string_view json);

// What a request at `now` makes of the key that there is, if any: the same one, a longer life, or another one. Nothing
// when it was asked for too often today. `renewed` says whether its API token has to be made anew. Any thread.
std::optional<SandboxKey> ask_for_sandbox_key(const std::optional<SandboxKey>& before, UnixSeconds now,
                                              const FamilyKeys& keys, bool& renewed);

// 32 hexadecimal digits that nobody can make without the family key. Empty when that is gone.
SecretBytes sandbox_key_text(const FamilyKeys& keys, uint32_t tenant, std::string_view phone, const SandboxKey& key);

}  // namespace signet
