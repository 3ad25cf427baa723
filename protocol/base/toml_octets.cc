#include "protocol/base/toml_octets.h"

#include <algorithm>

namespace signet {
namespace {

// The size of the comment or quoted text that `rest` starts with, 0 when it starts with neither. One that does not end
// goes to the end of its line, or of the text when it may have lines: the parser will say so.
size_t skipped_size(std::string_view rest) {
  if (rest[0] != '#' && rest[0] != '"' && rest[0] != '\'') return 0;
  auto end_of_line = std::min(rest.find('\n'), rest.size());
  if (rest[0] == '#') return end_of_line;
  bool lines = rest.starts_with("\"\"\"") || rest.starts_with("'''");
  std::string_view quote = rest.substr(0, lines ? 3 : 1);
  size_t limit = lines ? rest.size() : end_of_line;
  const auto stops = [&](char c) { return c == quote[0] || (c == '\\' && quote[0] == '"'); };
  const auto next = [&](size_t at) {
    const auto from = rest.begin() + static_cast<ptrdiff_t>(std::min(at, limit));
    return static_cast<size_t>(std::find_if(from, rest.begin() + static_cast<ptrdiff_t>(limit), stops) - rest.begin());
  };
  for (size_t at = next(quote.size()); at < limit; at = next(at + 1)) {
    if (rest[at] == '\\') {
      ++at;
    } else if (rest.substr(at).starts_with(quote)) {
      size_t end = at + quote.size();
      // Two more quotes may stand right before the three that end a text of several lines.
      for (int more = 0; lines && more < 2 && end < limit && rest[end] == quote[0]; ++more) ++end;
      return end;
    }
  }
  return limit;
}

}  // namespace

size_t stray_octet_line(std::string_view text) {
  constexpr std::string_view kBeforeText = " \t\r\n=[,{.";
  size_t line = 1;
  char before = '\n';
  while (!text.empty()) {
    if (static_cast<unsigned char>(text[0]) >= 0x80) return line;
    const bool quote = text[0] == '"' || text[0] == '\'';
    if (quote && kBeforeText.find(before) == std::string_view::npos) return line;
    const size_t size = std::max<size_t>(skipped_size(text), 1);
    line += static_cast<size_t>(std::count(text.begin(), text.begin() + static_cast<ptrdiff_t>(size), '\n'));
    before = text[size - 1];
    text.remove_prefix(size);
  }
  return 0;
}

}  // namespace signet
