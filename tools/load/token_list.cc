#include "tools/load/token_list.h"

#include <fmt/format.h>

#include <algorithm>

#include "tools/load/credentials.h"

namespace signet::load {

std::expected<TokenList, std::string> read_tokens_file(const std::string& path) {
  const auto text = read_file(path);
  if (!text) return std::unexpected(text.error());
  TokenList tokens;
  std::string_view rest = *text;
  for (size_t number = 1; !rest.empty(); ++number) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    if (std::any_of(line.begin(), line.end(), [](char c) { return c <= ' ' || c > '~'; })) {
      return std::unexpected(fmt::format("{}:{}: not a token: blanks or octets that are not ASCII", path, number));
    }
    tokens.add(line);
  }
  if (tokens.size() == 0) return std::unexpected(path + ": holds no token");
  return tokens;
}

}  // namespace signet::load
