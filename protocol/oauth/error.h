// OAuthError: the registered error codes that Signet answers with (RFC 6749 5.2, RFC 8707, RFC 6750), one table of
// {code, HTTP status, public text}. Detail goes to the log only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace signet {

enum class OAuthError : uint8_t {
  kInvalidRequest,
  kInvalidClient,
  kInvalidGrant,
  kUnauthorizedClient,
  kUnsupportedGrantType,
  kInvalidScope,
  kInvalidTarget,  // RFC 8707 section 2
  kTemporarilyUnavailable,
  kServerError,
};

struct OAuthErrorEntry {
  std::string_view code;         // registered spelling
  int status;                    // HTTP status at the token endpoint
  std::string_view description;  // default public text: constant, says nothing about which check failed
};

const OAuthErrorEntry& oauth_error(OAuthError error);

// write_oauth_error writes {"error":..,"error_description":..}. `description` replaces the default text when not empty;
// it is JSON-escaped. Returns octets or 0 when `out` is too small.
size_t write_oauth_error(OAuthError error, std::string_view description, std::span<char> out);

}  // namespace signet
