// PasswordCache: passwords that were found right lately, so that a person's client pays for Argon2id once and not with
// each request. An entry says only that exactly this password was right for exactly this revision of the client: any
// change of the client's record makes it void.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "keystore/clients/client.h"
#include "protocol/base/digest.h"

namespace signet {

// Loop thread only; does not allocate after its making. Bounded: a newcomer takes the place of the oldest of its set.
class PasswordCache {
 public:
  static constexpr size_t kSets = 256;
  static constexpr size_t kWays = 4;
  static constexpr uint64_t kLifetimeNs = 15ull * 60 * 1'000'000'000;

  PasswordCache();
  ~PasswordCache();
  PasswordCache(const PasswordCache&) = delete;
  PasswordCache& operator=(const PasswordCache&) = delete;

  bool holds(const ClientRecord& client, std::string_view password, uint64_t now_ns) const;
  void add(const ClientRecord& client, std::string_view password, uint64_t now_ns);

 private:
  struct Entry {
    KeyedHash256 hash{};  // of the password and whose it is, under a key of this object
    uint64_t revision = 0;
    uint64_t until_ns = 0;  // 0 = empty
  };
  using Set = std::array<Entry, kWays>;
  KeyedHash256 hash_of(const ClientRecord& client, std::string_view password) const;
  static size_t set_of(const KeyedHash256& hash);

  HashKey key_;
  std::vector<Set> sets_;
};

}  // namespace signet
