#include "tools/ctl/terminal_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <optional>

#include "protocol/base/utf8.h"

namespace signet::ctl {
namespace {

struct CodePoint {
  uint32_t value = 0;
  size_t size = 0;  // octets it takes
};

// The first character of `text`; nothing when `text` is empty or starts with octets that are not UTF-8.
std::optional<CodePoint> first_code_point(std::string_view text) {
  const unsigned size = utf8_sequence_size(text);
  if (size == 0) return std::nullopt;
  const auto octet = [text](size_t i) { return static_cast<uint32_t>(static_cast<unsigned char>(text[i])); };
  if (size == 1) return CodePoint{octet(0), 1};
  uint32_t value = octet(0) & (0x7Fu >> size);
  for (size_t i = 1; i < size; ++i) value = value << 6 | (octet(i) & 0x3F);
  return CodePoint{value, size};
}

struct Range {
  uint32_t first;
  uint32_t last;
};

constexpr std::array kWide{Range{0x1100, 0x115F},   Range{0x2E80, 0xA4CF},   Range{0xAC00, 0xD7A3},
                           Range{0xF900, 0xFAFF},   Range{0xFE30, 0xFE6F},   Range{0xFF00, 0xFF60},
                           Range{0xFFE0, 0xFFE6},   Range{0x1F300, 0x1F64F}, Range{0x1F680, 0x1F6FF},
                           Range{0x1F900, 0x1FAFF}, Range{0x20000, 0x3FFFD}};
constexpr std::array kWidthless{Range{0x0300, 0x036F}, Range{0x1AB0, 0x1AFF}, Range{0x200B, 0x200D},
                                Range{0x20D0, 0x20FF}, Range{0xFE00, 0xFE0F}, Range{0xFE20, 0xFE2F}};
// Bidirectional controls (Unicode UAX 9): they can make one text look like another ("Trojan Source", CVE-2021-42574).
constexpr std::array kHidden{Range{0x061C, 0x061C},  Range{0x200E, 0x200F}, Range{0x2028, 0x202E},
                             Range{0x2060, 0x2069},  Range{0xFEFF, 0xFEFF}, Range{0xFFF9, 0xFFFB},
                             Range{0xE0000, 0xE007F}};

template <size_t N>
bool in(const std::array<Range, N>& ranges, uint32_t value) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [value](const Range& range) { return value >= range.first && value <= range.last; });
}

void append_escaped(std::string& to, const CodePoint& point, std::string_view octets) {
  const auto out = std::back_inserter(to);
  if (point.value == '\n') {
    to += "\\n";
  } else if (point.value == '\t') {
    to += "\\t";
  } else if (point.value == '\r') {
    to += "\\r";
  } else if (point.value < 0x20 || point.value == 0x7F) {
    fmt::format_to(out, "\\x{:02x}", point.value);
  } else if ((point.value >= 0x80 && point.value < 0xA0) || in(kHidden, point.value)) {
    fmt::format_to(out, "\\u{{{:04x}}}", point.value);
  } else {
    to.append(octets);
  }
}

}  // namespace

std::string escape_for_terminal(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  while (!text.empty()) {
    const std::optional<CodePoint> point = first_code_point(text);
    if (!point) {
      fmt::format_to(std::back_inserter(escaped), "\\x{:02x}", static_cast<unsigned char>(text.front()));
      text.remove_prefix(1);
      continue;
    }
    append_escaped(escaped, *point, text.substr(0, point->size));
    text.remove_prefix(point->size);
  }
  return escaped;
}

std::string escape_lines(std::string_view text) {
  std::string escaped;
  while (true) {
    const size_t end = text.find('\n');
    escaped += escape_for_terminal(text.substr(0, end));
    if (end == std::string_view::npos) return escaped;
    escaped += '\n';
    text.remove_prefix(end + 1);
  }
}

size_t display_width(std::string_view text) {
  size_t width = 0;
  while (!text.empty()) {
    const std::optional<CodePoint> point = first_code_point(text);
    if (!point) {
      ++width;
      text.remove_prefix(1);
      continue;
    }
    width += in(kWidthless, point->value) ? 0 : in(kWide, point->value) ? 2 : 1;
    text.remove_prefix(point->size);
  }
  return width;
}

}  // namespace signet::ctl
