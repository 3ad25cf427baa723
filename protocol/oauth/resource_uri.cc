#include "protocol/base/char_class.h"
#include "protocol/oauth/token_request.h"

namespace signet {
namespace {

constexpr CharClass kLetters = CharClass::range('A', 'Z') | CharClass::range('a', 'z');
constexpr CharClass kSchemeCharacters = kAlphanumerics | CharClass("+-.");  // RFC 3986 3.1
constexpr CharClass kHexDigits = kDigits | CharClass::range('A', 'F') | CharClass::range('a', 'f');
// RFC 3986 2.2 and 2.3 without '#', which starts a fragment: RFC 8707 section 2 forbids one.
constexpr CharClass kUriCharacters = kAlphanumerics | CharClass("-._~:/?[]@!$&'()*+,;=");

constexpr size_t kResourceUriSizeMax = 512;

}  // namespace

bool valid_resource_uri(std::string_view uri) {
  if (uri.size() > kResourceUriSizeMax) return false;
  const size_t colon = uri.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == uri.size()) return false;
  const std::string_view scheme = uri.substr(0, colon);
  if (!kLetters.contains(scheme.front()) || !kSchemeCharacters.contains_all(scheme)) return false;
  for (size_t i = colon + 1; i < uri.size(); ++i) {
    if (kUriCharacters.contains(uri[i])) continue;
    if (uri[i] != '%' || uri.size() - i < 3 || !kHexDigits.contains_all(uri.substr(i + 1, 2))) return false;
    i += 2;
  }
  return true;
}

}  // namespace signet
