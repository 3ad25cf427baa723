// TokenResponse: the token endpoint's success body (RFC 6749 5.1), as text around the token, which is composed in
// place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace signet {

// {"access_token":"<token>","token_type":"Bearer","expires_in":N,"refresh_token":"...","scope":"..."}: what stands
// before the token.
inline constexpr std::string_view kTokenResponsePrefix = "{\"access_token\":\"";

struct TokenResponse {
  uint32_t expires_in_s = 0;
  std::string_view scope;               // empty = member left out
  std::string_view refresh_token = {};  // base64url; empty = member left out
};

// write_token_response_suffix writes everything after the token, closing brace included. Returns octets, or 0 when
// `out` is too small. Any thread, does not allocate.
size_t write_token_response_suffix(const TokenResponse& response, std::span<char> out);

}  // namespace signet
