// copy_octets: fields of fixed size out of a record.
#pragma once

#include <cstring>
#include <string_view>

namespace signet::store {

// Fills `to` when `from` has exactly its size; else false, and `to` is as it was. Any thread.
template <typename Octets>
[[nodiscard]] bool copy_octets(std::string_view from, Octets& to) {
  if (from.size() != to.size()) return false;
  std::memcpy(to.data(), from.data(), to.size());
  return true;
}

}  // namespace signet::store
