#include "daemon/admin/query_number.h"

#include <charconv>

namespace signet {

std::optional<uint64_t> query_number(std::string_view text, uint64_t absent, uint64_t smallest, uint64_t largest) {
  if (text.data() == nullptr) return absent;
  uint64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size() || out < smallest || out > largest) return std::nullopt;
  return out;
}

}  // namespace signet
