// FamilyKeys: the keys that refresh tokens and API tokens are made and checked with, by version; immutable, in locked
// memory.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "protocol/oauth/refresh_token.h"

namespace signet {

// Any thread.
class FamilyKeys {
 public:
  // `keys[i]` is version first_version + i; the last one is current. The source is the caller's to wipe. Throws
  // std::system_error when no more memory can be locked: at start only.
  FamilyKeys(uint8_t first_version, std::span<const HashKey> keys);
  ~FamilyKeys();
  FamilyKeys(const FamilyKeys&) = delete;
  FamilyKeys& operator=(const FamilyKeys&) = delete;

  uint8_t first_version() const;
  uint8_t current_version() const;
  // Null for a version that is not known: a token that names it was not made here.
  const RefreshKeys* refresh_keys(uint8_t version) const;
  const RefreshKeys& current_refresh_keys() const { return *refresh_keys(current_version()); }
  // check_refresh_token reads a presented refresh token: nothing unless its shape, version and MAC hold, so that a
  // forged one dies before anything is looked up. The secret in it is the caller's to wipe. Does not allocate.
  std::optional<RefreshToken> check_refresh_token(std::string_view text) const;
  // What API tokens are looked up by (sub-key "api-token").
  const HashKey* api_token_key(uint8_t version) const;

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace signet
