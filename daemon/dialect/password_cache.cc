#include "daemon/dialect/password_cache.h"

#include <algorithm>
#include <cstring>

#include "protocol/base/copy_text.h"
#include "protocol/base/random.h"
#include "protocol/base/secret_bytes.h"

namespace signet {
namespace {

constexpr size_t kClientIdMax = 128;
constexpr size_t kPasswordMax = 1024;

}  // namespace

PasswordCache::PasswordCache() : sets_(kSets) { fill_random(key_); }

PasswordCache::~PasswordCache() { wipe(key_); }

// Keyed BLAKE2b and not the short hash of other tables: who could read this memory should not guess passwords faster
// than need be, and a person's request can afford it.
KeyedHash256 PasswordCache::hash_of(const ClientRecord& client, std::string_view password) const {
  std::array<char, sizeof(uint32_t) + 1 + kClientIdMax + kPasswordMax> text;
  const uint32_t tenant = client.tenant();
  const std::string_view id = client.client_id().substr(0, kClientIdMax);
  password = password.substr(0, kPasswordMax);
  std::memcpy(text.data(), &tenant, sizeof tenant);
  size_t used = sizeof tenant;
  text[used++] = static_cast<char>(id.size());
  copy_text(text.data() + used, id);
  used += id.size();
  copy_text(text.data() + used, password);
  used += password.size();
  const KeyedHash256 hash = keyed_hash_256(key_, as_bytes({text.data(), used}));
  wipe({reinterpret_cast<uint8_t*>(text.data()), used});
  return hash;
}

size_t PasswordCache::set_of(const KeyedHash256& hash) {
  size_t number = 0;
  std::memcpy(&number, hash.data(), sizeof number);
  return number % kSets;
}

bool PasswordCache::holds(const ClientRecord& client, std::string_view password, uint64_t now_ns) const {
  if (password.size() > kPasswordMax) return false;
  const KeyedHash256 hash = hash_of(client, password);
  for (const Entry& entry : sets_[set_of(hash)]) {
    if (entry.until_ns > now_ns && entry.revision == client.revision() && constant_time_equal(entry.hash, hash)) {
      return true;
    }
  }
  return false;
}

void PasswordCache::add(const ClientRecord& client, std::string_view password, uint64_t now_ns) {
  if (password.size() > kPasswordMax) return;
  const KeyedHash256 hash = hash_of(client, password);
  Set& set = sets_[set_of(hash)];
  auto place = std::ranges::find_if(set, [&](const Entry& entry) { return constant_time_equal(entry.hash, hash); });
  if (place == set.end()) place = std::ranges::min_element(set, {}, &Entry::until_ns);
  *place = {.hash = hash, .revision = client.revision(), .until_ns = now_ns + kLifetimeNs};
}

}  // namespace signet
