// KeyCache: what API keys lately redeemed to, so that a key costs the store once and not with each request. An entry
// holds as long as no key was removed or replaced since (ApiTokenIndex::erasures); expiry, client and revocations are
// looked at with every use.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "keystore/grants/api_token.h"

namespace signet {

// Loop thread only. Bounded: a newcomer takes the place of whoever was there.
class KeyCache {
 public:
  static constexpr size_t kEntries = 4096;  // some 300 octets each once used

  KeyCache() : entries_(kEntries) {}

  // The token, or null when it is not known or something was erased since it was: ask the store then. Valid until the
  // next `add`.
  const ApiToken* find(uint32_t tenant, const ApiTokenId& id, uint64_t erasures) const;
  // `erasures` as it was before the store was asked.
  void add(const ApiToken& token, uint64_t erasures);

 private:
  struct Entry {
    bool used = false;
    uint64_t erasures = 0;
    ApiToken token;
  };
  static size_t place_of(uint32_t tenant, const ApiTokenId& id);

  std::vector<Entry> entries_;
};

}  // namespace signet
