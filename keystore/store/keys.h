// Record keys: every one starts with the tenant's number, four octets big-endian (keystore/FORMAT.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace signet::store {

// Rows that belong to the installation and to no tenant.
inline constexpr uint32_t kNoTenant = 0xFFFFFFFF;

// All: any thread, allocate.
std::string tenant_prefix(uint32_t tenant);
// The tenant's octets followed by `rest`.
std::string row_key(uint32_t tenant, std::string_view rest);
// The same with a number, eight octets big-endian, so that rows are in its order.
std::string row_key(uint32_t tenant, uint64_t number);
// The key after all keys that begin with `prefix`; empty = no end.
std::string prefix_end(std::string_view prefix);

// The parts of a key read back; a key shorter than a tenant number is nothing.
std::optional<uint32_t> key_tenant(std::string_view key);
// The number behind the tenant, of keys made by row_key(tenant, number).
std::optional<uint64_t> key_number(std::string_view key);
inline std::string_view key_rest(std::string_view key) { return key.substr(4); }

// Names of the rows of the meta family.
inline constexpr std::string_view kVersionName = "version";
inline constexpr std::string_view kStateName = "state";
inline constexpr std::string_view kServedName = "served";
inline constexpr std::string_view kRemovedTenantPrefix = "removed tenant ";  // then its name

}  // namespace signet::store
