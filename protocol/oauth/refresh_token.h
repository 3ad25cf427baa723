// Refresh tokens: their text, and every hash that concerns them, as pure functions. 83 characters, base64url of 62
// octets:
//
//   version 1 | key version 1 | family 16 | sequence 4, big-endian | secret 32 | MAC 8
//
// The MAC shows, before anything is looked up, that Signet made the token; the secret, that this holder was given it.
// Nothing that is stored (hashes and salts) gives a secret back or makes a token.
//
// Keys: three sub-keys of a 32-octet family key by derive_key, labels "rt-mac", "rt-next", "rt-hash". All hashes are
// keyed BLAKE2b over fixed-size fields, sequences four octets big-endian:
//   MAC         first 8 octets of the 128-bit hash under rt-mac over the 54 octets before it
//   next secret 256-bit hash under rt-next over secret 32 | family 16 | sequence of the next 4 | salt 16
//   stored hash 128-bit hash under rt-hash over family 16 | sequence 4 | secret 32
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "protocol/base/digest.h"

namespace signet {

inline constexpr size_t kRefreshTokenSize = 83;  // characters

using FamilyId = std::array<uint8_t, 16>;
using RefreshSalt = std::array<uint8_t, 16>;
using RefreshSecret = std::array<uint8_t, 32>;  // holders wipe it
using RefreshHash = KeyedHash128;               // of a secret, as stored

struct RefreshToken {
  uint8_t key_version = 0;  // of the family key that its MAC and its stored hash are made under
  FamilyId family{};
  uint32_t sequence = 0;  // 1 = the family's first
  RefreshSecret secret{};
};

// The sub-keys of one family key. Secret; holders keep them in locked memory and wipe copies.
struct RefreshKeys {
  HashKey mac;
  HashKey next;
  HashKey hash;
};
RefreshKeys derive_refresh_keys(const HashKey& family_key);

// A presented token of which only the shape is known. Its parts come out once the MAC holds.
class UncheckedRefreshToken {
 public:
  // read is strict: exactly 83 characters of base64url with no unused bit set, version 1. Any thread, does not
  // allocate.
  static std::optional<UncheckedRefreshToken> read(std::string_view text);
  ~UncheckedRefreshToken();
  // Which family key to check with.
  uint8_t key_version() const { return octets_[1]; }
  // check gives the token when its MAC holds under `keys` (compared in constant time). The caller wipes the secret.
  std::optional<RefreshToken> check(const RefreshKeys& keys) const;

 private:
  UncheckedRefreshToken() = default;
  std::array<uint8_t, 62> octets_;
};

// write_refresh_token writes exactly kRefreshTokenSize characters at `out`; `keys` are those of token.key_version.
void write_refresh_token(const RefreshKeys& keys, const RefreshToken& token, char* out);

// next_refresh_secret: the secret of the family's token number `next_sequence`, of the one before it and the salt of
// the rotation. `keys` are those of the key version of the token that is presented.
RefreshSecret next_refresh_secret(const RefreshKeys& keys, const RefreshSecret& secret, const FamilyId& family,
                                  uint32_t next_sequence, const RefreshSalt& salt);

// hash_refresh_secret: what is stored of a secret. `keys` are those of its token's key version.
RefreshHash hash_refresh_secret(const RefreshKeys& keys, const FamilyId& family, uint32_t sequence,
                                const RefreshSecret& secret);

// The family as tokens (claim `sid`), revocations and administrators name it: base64url, 22 characters.
inline constexpr size_t kFamilyNameSize = 22;
struct FamilyName {
  std::array<char, kFamilyNameSize> characters;
  std::string_view text() const { return {characters.data(), characters.size()}; }
};
FamilyName family_name_of(const FamilyId& family);
std::optional<FamilyId> family_named(std::string_view name);

}  // namespace signet
