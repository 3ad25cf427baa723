// DialectConfigurations: the secret configurations of dialects (records of resident kinds), open and resident for
// workers. The snapshot is immutable; the octets lie in locked memory.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "keystore/vault/locked_bytes.h"

namespace signet {

struct DialectConfiguration {
  uint32_t tenant = 0;
  std::string id;
  uint64_t revision = 0;
  std::shared_ptr<const LockedBytes> octets;
  ByteSpan value() const { return octets->expose(); }
};

class DialectConfigurations {
 public:
  using Entries = std::vector<std::shared_ptr<const DialectConfiguration>>;
  // `entries` ordered by tenant, then id.
  explicit DialectConfigurations(Entries entries) : entries_(std::move(entries)) {}

  // Reader threads between two passes: wait-free, do not allocate; what they give is valid until the next pass.
  // Null when there is none.
  const DialectConfiguration* find(uint32_t tenant, std::string_view id) const;
  // All of a tenant, in the order of their ids.
  std::span<const std::shared_ptr<const DialectConfiguration>> of_tenant(uint32_t tenant) const;

 private:
  const Entries entries_;
};

// The publisher's side. One thread at a time.
class DialectConfigurationBuilder {
 public:
  // Both tell whether something was there before, which workers may still hold.
  bool put(DialectConfiguration configuration);
  bool erase(uint32_t tenant, const std::string& id);
  bool erase_tenant(uint32_t tenant);
  std::unique_ptr<const DialectConfigurations> build() const;

 private:
  std::map<std::pair<uint32_t, std::string>, std::shared_ptr<const DialectConfiguration>> entries_;
};

}  // namespace signet
