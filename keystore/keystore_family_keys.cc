// Opening: the keys of refresh families and API tokens.
#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <system_error>

#include "keystore/clients/kernel_random.h"
#include "keystore/keystore_implementation.h"
#include "protocol/base/secret_bytes.h"

namespace signet {
namespace {

using Failure = std::unexpected<std::string>;
constexpr uint8_t kFirstVersion = 1;

std::unique_ptr<FamilyKeys> lock_family_keys(uint8_t first, std::span<const HashKey> keys) {
  try {
    return std::make_unique<FamilyKeys>(first, keys);
  } catch (const std::system_error&) {
    return nullptr;
  }
}

}  // namespace

std::expected<void, std::string> KeystoreImplementation::open_family_keys(std::vector<SecretRow> rows) {
  const std::string where = options_.data_dir.string();
  const auto missing = [&] {
    return Failure(
        fmt::format("{}: the key of the refresh tokens is missing, and without it none that is out can be "
                    "told from a forged one: restore the data directory from a backup",
                    where));
  };
  if (rows.empty()) {
    const auto needed = store_->needs_family_key();
    if (!needed) return Failure(fmt::format("{}: {}", where, needed.error().text));
    return *needed ? missing() : create_family_key();
  }
  std::ranges::sort(rows, {}, &SecretRow::version);
  std::vector<HashKey> keys;
  keys.reserve(rows.size());  // no copies left behind by growth
  const auto wiped = [&keys](std::expected<void, std::string> result) {
    for (HashKey& key : keys) wipe(key);
    return result;
  };
  for (const SecretRow& row : rows) {
    if (row.version != rows.front().version + keys.size() || row.version > UINT8_MAX) return wiped(missing());
    auto key = open_family_key(*vault_, row);
    if (!key) return wiped(Failure(fmt::format("{}: {}", where, key.error())));
    keys.push_back(*key);
    wipe(*key);
  }
  family_keys_ = lock_family_keys(static_cast<uint8_t>(rows.front().version), keys);
  if (family_keys_ == nullptr) return wiped(Failure(std::string(vault_error_text(VaultError::kNoLockedMemory))));
  return wiped({});
}

std::expected<void, std::string> KeystoreImplementation::create_family_key() {
  const std::string where = options_.data_dir.string();
  HashKey key;
  fill_from_kernel(key);
  auto sealed = seal_family_key(*vault_, kFirstVersion, key);
  family_keys_ = lock_family_keys(kFirstVersion, std::span(&key, 1));
  if (family_keys_ == nullptr) sealed = std::unexpected(VaultError::kNoLockedMemory);
  wipe(key);
  if (!sealed) return Failure(fmt::format("{}: {}", where, vault_error_text(sealed.error())));
  std::promise<std::expected<void, StoreError>> promise;
  auto result = promise.get_future();
  store_->put_secret({.via = "start"}, {std::string(kFamilyKeyFamily), kFirstVersion, std::move(*sealed)},
                     [&promise](std::expected<void, StoreError> done) { promise.set_value(std::move(done)); });
  const auto done = result.get();
  if (!done) return Failure(fmt::format("{}: {}", where, done.error().text));
  return {};
}

}  // namespace signet
