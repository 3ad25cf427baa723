#include "keystore/store/keys.h"

namespace signet::store {
namespace {

template <typename T>
void append_big_endian(std::string& out, T number) {
  for (int shift = static_cast<int>(sizeof(T)) * 8 - 8; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(number >> shift & 0xFF));
  }
}

}  // namespace

std::string tenant_prefix(uint32_t tenant) { return row_key(tenant, std::string_view()); }

std::string row_key(uint32_t tenant, std::string_view rest) {
  std::string key;
  key.reserve(sizeof tenant + rest.size());
  append_big_endian(key, tenant);
  key.append(rest);
  return key;
}

std::string row_key(uint32_t tenant, uint64_t number) {
  std::string key;
  append_big_endian(key, tenant);
  append_big_endian(key, number);
  return key;
}

std::string prefix_end(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && static_cast<uint8_t>(end.back()) == 0xFF) end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(static_cast<uint8_t>(end.back()) + 1);
  return end;
}

std::optional<uint32_t> key_tenant(std::string_view key) {
  if (key.size() < sizeof(uint32_t)) return std::nullopt;
  uint32_t tenant = 0;
  for (size_t i = 0; i < sizeof tenant; ++i) tenant = tenant << 8 | static_cast<uint8_t>(key[i]);
  return tenant;
}

std::optional<uint64_t> key_number(std::string_view key) {
  if (key.size() != sizeof(uint32_t) + sizeof(uint64_t)) return std::nullopt;
  uint64_t number = 0;
  for (const char octet : key_rest(key)) number = number << 8 | static_cast<uint8_t>(octet);
  return number;
}

}  // namespace signet::store
