// TokenCache: tokens whose signature a worker has found to hold, so that it need not compute it again.
//
// Invariants:
// - An entry says only that exactly these octets verify under key revision R of a tenant. Whoever finds one looks up
//   expiry, revocation, client, key and audience anew: a cache that had to be emptied for them would be an attack, and
//   one that was not emptied a hole (CVE-2026-35039).
// - Entries are found by a hash of the token's signature, and are the token's only if what was signed has the entry's
//   hash too: the whole token counts. Both hashes have 128 bits under a key of this process, so that two tokens of the
//   same can neither be made nor met. What was signed is hashed only where the signature is met: nearly never for a
//   token that comes for the first time.
// - Fixed memory, mapped as it is used. Nothing is allocated after construction.
// - A scan of tokens that come once displaces nothing and writes no entry: a full set takes in a token that comes again
//   within the set's last 12 new ones. It is then the first to go until it was asked for once more; one in 32 gets a
//   longer trial, so that a new set of hot tokens finds its way in.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "daemon/endpoint/checked_token.h"
#include "protocol/base/digest.h"

namespace signet {

// Loop thread only.
class TokenCache {
 public:
  // With 8, one in twenty of 10,000 hot tokens found no place among 16,384; with 16 it is one in two hundred.
  static constexpr size_t kWays = 16;
  static constexpr size_t kEntrySize = 1024;  // octets of memory each

  // Room for `entries`, rounded up to a power of two and at least one set; 0 = no cache.
  explicit TokenCache(size_t entries);

  // A token of a tenant, as an entry is asked for.
  struct Name {
    uint32_t tenant = 0;
    KeyedHash128 signature_hash{};  // signature_hash()
    std::string_view input;         // the token before the signature's dot
  };
  // Of the signature's text.
  KeyedHash128 signature_hash(std::string_view signature) const { return hashed(signature); }

  struct Found {
    uint64_t key_revision = 0;
    CheckedTokenView token;  // valid until the next put
  };
  std::optional<Found> find(const Name& name);
  // Replaces an entry of the same name. Not kept: a token whose text is longer than kTextMax, and one that comes for
  // the first time where there is no room.
  void put(const Name& name, uint64_t key_revision, CheckedTokenView token);
  void drop(const Name& name);

  size_t capacity() const { return sets_ * kWays; }

 private:
  struct Head {
    KeyedHash128 signature_hash;
    KeyedHash128 input_hash;
    uint64_t key_revision;
    uint32_t tenant;
    CheckedToken token;
  };

 public:
  static constexpr size_t kTextMax = kEntrySize - sizeof(Head);

 private:
  struct Entry {
    Head head;
    std::array<char, kTextMax> text;
  };
  static constexpr size_t kSeen = 12;  // what is left of the set's three lines
  // Of a set: what is compared first, how near each entry is to its replacement (3 = next), and parts of the tags of
  // the tokens that last found no room.
  struct alignas(64) Set {
    std::array<uint64_t, kWays> tags{};  // 0 = free
    std::array<uint8_t, kWays> distance{};
    std::array<uint32_t, kSeen> seen{};
  };
  static_assert(sizeof(Set) == 192);

  static uint64_t tag_of(const KeyedHash128& hash);
  size_t set_of(const KeyedHash128& hash) const;
  size_t way_of(size_t set, const Name& name) const;  // kWays = not there
  KeyedHash128 hashed(std::string_view text) const { return short_hash_128(key_, as_bytes(text)); }
  // The way that a new token may have; kWays = none this time.
  size_t way_for(Set& set, uint64_t tag);
  static size_t victim_in(Set& set);

  const ShortHashKey key_ = random_short_hash_key();
  size_t sets_;
  uint32_t puts_ = 0;
  uint32_t refused_ = 0;
  std::vector<Set> index_;
  std::unique_ptr<Entry[]> entries_;
};

}  // namespace signet
