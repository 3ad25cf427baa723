#include "protocol/oauth/scope.h"

#include <array>
#include <bitset>
#include <cstdint>

#include "protocol/base/char_class.h"

namespace signet {
namespace {

// RFC 6749 3.3: scope-token = 1*( %x21 / %x23-5B / %x5D-7E ): neither the quotation mark nor the backslash, so that a
// scope stands in JSON as it is.
constexpr CharClass kScopeCharacters =
    CharClass::range(0x21, 0x21) | CharClass::range(0x23, 0x5B) | CharClass::range(0x5D, 0x7E);

// Takes the token before the first space off `rest`, and the space.
std::string_view take_token(std::string_view& rest) {
  size_t size = 0;
  while (size < rest.size() && rest[size] != ' ') ++size;
  const std::string_view token = rest.substr(0, size);
  rest.remove_prefix(size < rest.size() ? size + 1 : size);
  return token;
}

uint32_t token_hash(std::string_view token) {
  uint32_t hash = 2166136261;
  for (char c : token) hash = (hash ^ static_cast<uint8_t>(c)) * 16777619;
  return hash ^ hash >> 15;
}

}  // namespace

bool valid_scope_token(std::string_view token) {
  return !token.empty() && token.size() <= kScopeTokenSizeMax && kScopeCharacters.contains_all(token);
}

bool valid_scope(std::string_view scope) {
  if (scope.empty() || scope.size() > kScopeSizeMax || scope.ends_with(' ')) return false;
  // Plain numbers, so that declaring them costs nothing.
  struct Token {
    uint16_t at, size;
  };
  static_assert(kScopeSizeMax <= UINT16_MAX);
  std::array<Token, kScopeTokensMax> tokens;
  std::bitset<1024> seen;  // by hash: only where two tokens may be equal are they compared
  size_t count = 0;
  for (std::string_view rest = scope; !rest.empty();) {
    const std::string_view token = take_token(rest);
    if (count == tokens.size() || !valid_scope_token(token)) return false;
    const size_t bit = token_hash(token) % seen.size();
    for (size_t i = 0; seen[bit] && i < count; ++i) {
      if (scope.substr(tokens[i].at, tokens[i].size) == token) return false;
    }
    seen.set(bit);
    tokens[count++] = {static_cast<uint16_t>(token.data() - scope.data()), static_cast<uint16_t>(token.size())};
  }
  return true;
}

bool scope_contains(std::string_view have, std::string_view wanted) {
  while (!have.empty()) {
    if (take_token(have) == wanted) return true;
  }
  return false;
}

bool scope_is_subset(std::string_view have, std::string_view wanted) {
  if (have == wanted) return true;  // clients often name all they have
  while (!wanted.empty()) {
    if (!scope_contains(have, take_token(wanted))) return false;
  }
  return true;
}

}  // namespace signet
