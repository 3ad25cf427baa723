#include "daemon/dialect/key_cache.h"

#include <cstring>

namespace signet {

// Ids are keyed hashes: nobody can choose them to collide.
size_t KeyCache::place_of(uint32_t tenant, const ApiTokenId& id) {
  uint64_t number = 0;
  std::memcpy(&number, id.data(), sizeof number);
  return static_cast<size_t>((number ^ tenant) % kEntries);
}

const ApiToken* KeyCache::find(uint32_t tenant, const ApiTokenId& id, uint64_t erasures) const {
  const Entry& entry = entries_[place_of(tenant, id)];
  const bool known = entry.used && entry.erasures == erasures && entry.token.tenant == tenant && entry.token.id == id;
  return known ? &entry.token : nullptr;
}

void KeyCache::add(const ApiToken& token, uint64_t erasures) {
  Entry& entry = entries_[place_of(token.tenant, token.id)];
  entry.used = true;
  entry.erasures = erasures;
  entry.token = token;
}

}  // namespace signet
