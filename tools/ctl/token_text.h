// A compact JWS (RFC 7515 section 7.1) as `token inspect` shows it.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

#include "protocol/base/time.h"
#include "tools/ctl/failure.h"
#include "tools/ctl/json_text.h"

namespace signet::ctl {

inline constexpr size_t kTokenSizeMax = 8 * 1024;

// A token whose parts could be read. Nothing about it is verified.
struct DecodedToken {
  JsonValue header;
  JsonValue claims;
};

struct TokenVerdict {
  bool tried = false;
  bool verified = false;
  std::string kid;
  std::string reason;  // why not
};

// decode_token reads header and claims. Failure: not three parts of base64url, or not JSON objects; the text says
// which.
std::expected<DecodedToken, Failure> decode_token(std::string_view token);

// verify_token checks the signature against the key of `jwks` that the header's kid names. The error is about the key
// set; a signature that does not hold is a verdict. Times, issuer and audience are not checked: they are shown.
std::expected<TokenVerdict, std::string> verify_token(std::string_view token, std::string_view jwks);

// token_details: header and claims, a line each; NumericDates in RFC 3339 and relative to `now`. Escaped.
std::string token_details(const DecodedToken& token, UnixSeconds now);

// token_json: {"verified","kid"?,"reason"?,"header","claims"}.
std::string token_json(const DecodedToken& token, const TokenVerdict& verdict);

}  // namespace signet::ctl
