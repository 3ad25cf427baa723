// TokenFields: the members of an administrator's request for a token.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/json/value.h"

namespace signet {

// Empty or 0 = not given.
struct TokenFields {
  std::string client_id;
  std::string tenant;
  std::string subject;
  std::string scope;
  std::vector<std::string> audience;
  uint32_t ttl_s = 0;
  bool refresh = false;       // a refresh token too
  std::string extra_members;  // JSON members without braces
};

// read_token_fields reads `body`. Claims that the issuer alone sets are refused (RFC 9068 section 2.2). The error says
// which member is wrong and what was expected. Any thread, allocates.
std::expected<TokenFields, std::string> read_token_fields(const JsonValue& body, uint32_t ttl_s_max);

}  // namespace signet
