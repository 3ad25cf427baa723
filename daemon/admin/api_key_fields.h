// ApiKeyFields: the members of a request for an API key.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "keystore/grants/api_token.h"
#include "protocol/json/value.h"

namespace signet {

// "api-key", "vcloud", "sandbox".
std::string_view api_key_kind_name(ApiTokenKind kind);
std::optional<ApiTokenKind> parse_api_key_kind(std::string_view name);

// Absent = not given.
struct ApiKeyFields {
  std::string client_id;
  std::string tenant;
  ApiTokenKind kind = ApiTokenKind::kApiKey;
  std::optional<std::string> name;
  std::optional<std::string> scope;
  std::vector<std::string> audiences;
  std::optional<std::string> subject;
  UnixSeconds expires_at = 0;  // 0 = never
  std::optional<std::string> key;
};

// read_api_key_fields: the error says which member is wrong and what was expected, never a value of `key`. Any thread,
// allocates.
std::expected<ApiKeyFields, std::string> read_api_key_fields(const JsonValue& body);

}  // namespace signet
