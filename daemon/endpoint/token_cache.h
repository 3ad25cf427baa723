// TokenCache: tokens whose signature a worker has found to hold, so that it need not compute it again.
//
// Invariants:
// - An entry says only that exactly these octets verify under key revision R of a tenant. Whoever finds one looks up
//   expiry, revocation, client, key and audience anew: a cache that had to be emptied for them would be an attack, and
//   one that was not emptied a hole (CVE-2026-35039).
// - An entry is the token's only if the token as a whole has its hash, of 128 bits under a key of this process: two
//   tokens of one hash can neither be made nor met. Where to look is told by a short hash of the token's end, so that
//   the whole is hashed only where that is met: nearly never for a token that comes for the first time.
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
    uint64_t place = 0;     // place_of(text)
    std::string_view text;  // the whole token
  };
  uint64_t place_of(std::string_view text) const;

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
    KeyedHash128 hash;
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

  static uint64_t tag_of(uint64_t place) { return place == 0 ? 1 : place; }
  size_t set_of(uint64_t place) const { return place & (sets_ - 1); }
  size_t way_of(size_t set, const Name& name) const;  // kWays = not there
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
