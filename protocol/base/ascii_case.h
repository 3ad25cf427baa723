// Comparing without regard to case, of ASCII letters alone: what HTTP means by "case-insensitive" (RFC 9110 5.1, 11.1).
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace signet {

// Any thread; none but lower_copy allocates.
constexpr char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return ascii_lower(x) == ascii_lower(y); });
}

inline std::string lower_copy(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), ascii_lower);
  return out;
}

}  // namespace signet
