#include "keystore/grants/family_keys.h"

#include <cerrno>
#include <new>
#include <system_error>

#include "keystore/vault/locked_bytes.h"
#include "protocol/base/check.h"
#include "protocol/base/secret_bytes.h"

namespace signet {
namespace {

struct SubKeys {
  RefreshKeys refresh;
  HashKey api_token;
};

LockedBytes lock_room(size_t versions) {
  auto locked = LockedBytes::zeroed(versions * sizeof(SubKeys));
  if (!locked) throw std::system_error(ENOMEM, std::generic_category(), "locking memory for the family keys");
  return std::move(*locked);
}

}  // namespace

struct FamilyKeys::Implementation {
  Implementation(uint8_t first, std::span<const HashKey> from)
      : first_version(first),
        count(from.size()),
        memory(lock_room(from.size())),
        keys(reinterpret_cast<SubKeys*>(memory.expose_mutable().data())) {
    for (size_t i = 0; i < count; ++i) {
      SubKeys derived{derive_refresh_keys(from[i]), derive_key(from[i], "api-token")};
      new (keys + i) SubKeys(derived);
      wipe({reinterpret_cast<uint8_t*>(&derived), sizeof derived});
    }
  }
  const SubKeys* find(uint8_t version) const {
    return version >= first_version && size_t{version} - first_version < count ? keys + (version - first_version)
                                                                               : nullptr;
  }

  uint8_t first_version;
  size_t count;
  LockedBytes memory;
  SubKeys* keys;  // in `memory`
};

FamilyKeys::FamilyKeys(uint8_t first_version, std::span<const HashKey> keys) {
  SIGNET_CHECK(!keys.empty() && first_version + keys.size() - 1 <= UINT8_MAX);
  implementation_ = std::make_unique<Implementation>(first_version, keys);
}

FamilyKeys::~FamilyKeys() = default;

uint8_t FamilyKeys::first_version() const { return implementation_->first_version; }

uint8_t FamilyKeys::current_version() const {
  return static_cast<uint8_t>(implementation_->first_version + implementation_->count - 1);
}

const RefreshKeys* FamilyKeys::refresh_keys(uint8_t version) const {
  const SubKeys* keys = implementation_->find(version);
  return keys == nullptr ? nullptr : &keys->refresh;
}

std::optional<RefreshToken> FamilyKeys::check_refresh_token(std::string_view text) const {
  const auto unchecked = UncheckedRefreshToken::read(text);
  const RefreshKeys* keys = unchecked ? refresh_keys(unchecked->key_version()) : nullptr;
  return keys == nullptr ? std::nullopt : unchecked->check(*keys);
}

const HashKey* FamilyKeys::api_token_key(uint8_t version) const {
  const SubKeys* keys = implementation_->find(version);
  return keys == nullptr ? nullptr : &keys->api_token;
}

}  // namespace signet
