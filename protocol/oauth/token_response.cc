#include "protocol/oauth/token_response.h"

#include <charconv>
#include <cstring>
#include <limits>

#include "protocol/base/copy_text.h"
#include "protocol/json/unescaped.h"

namespace signet {
namespace {

constexpr std::string_view kTokenType = R"(","token_type":"Bearer","expires_in":)";
constexpr std::string_view kRefreshToken = R"(,"refresh_token":")";
constexpr std::string_view kScope = R"(,"scope":")";
constexpr std::string_view kEnd = "\"}";
constexpr size_t kDigitsMax = std::numeric_limits<uint32_t>::digits10 + 1;
constexpr size_t kFixedSizeMax = kTokenType.size() + kDigitsMax + kScope.size() + kEnd.size();

char* append(char* to, std::string_view text) {
  copy_text(to, text);
  return to + text.size();
}

}  // namespace

size_t write_token_response_suffix(const TokenResponse& response, std::span<char> out) {
  // No scope token can hold a character that JSON escapes (RFC 6749 3.3); one that does was never checked.
  if (escape_free_prefix(response.scope) != response.scope.size()) return 0;
  if (escape_free_prefix(response.refresh_token) != response.refresh_token.size()) return 0;
  const size_t refresh_size =
      response.refresh_token.empty() ? 0 : kRefreshToken.size() + response.refresh_token.size() + 1;
  if (out.size() < kFixedSizeMax + refresh_size + response.scope.size()) return 0;
  char* to = append(out.data(), kTokenType);
  to = std::to_chars(to, to + kDigitsMax, response.expires_in_s).ptr;
  if (!response.refresh_token.empty()) {
    to = append(to, kRefreshToken);
    to = append(to, response.refresh_token);
    to = append(to, "\"");
  }
  if (response.scope.empty()) return static_cast<size_t>(append(to, "}") - out.data());
  to = append(to, kScope);
  to = append(to, response.scope);
  return static_cast<size_t>(append(to, kEnd) - out.data());
}

}  // namespace signet
