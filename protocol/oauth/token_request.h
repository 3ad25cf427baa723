// TokenRequest: the token endpoint's form (RFC 6749 4.4.2 and 6, RFC 8707 section 2), read from its parameters.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string_view>

#include "protocol/oauth/error.h"
#include "protocol/oauth/form.h"

namespace signet {

enum class GrantType : uint8_t { kClientCredentials, kRefreshToken };

// The registered name. Static storage.
std::string_view grant_type_name(GrantType grant_type);

// All views are borrowed from the form. A parameter sent without a value counts as left out (RFC 6749 3.2), except
// client_id and client_secret, where data() == nullptr means absent.
struct TokenRequest {
  static constexpr size_t kResourcesMax = 8;

  GrantType grant_type{};
  std::string_view scope;
  std::array<std::string_view, kResourcesMax> resources;  // absolute URIs without fragment
  size_t resource_count = 0;
  std::string_view client_id;
  std::string_view client_secret;
  std::string_view refresh_token;  // RFC 6749 section 6; never empty with that grant type

  std::span<const std::string_view> resource() const { return {resources.data(), resource_count}; }
};

struct TokenRequestError {
  OAuthError error{};
  std::string_view description;  // static text
};

// parse_token_request: no grant_type (and no refresh_token with that grant type) is invalid_request, one we do not
// serve unsupported_grant_type, a resource that is no absolute URI, has a fragment, or is one too many invalid_target.
// Unknown parameters are ignored. The form must have been parsed with "resource" as its repeatable name. Any thread,
// does not allocate.
std::expected<TokenRequest, TokenRequestError> parse_token_request(const FormParameters& form);

// valid_resource_uri: absolute URI (RFC 3986 4.3: a scheme, ':' and something after it), no fragment, 1-512 characters
// of RFC 3986's set.
bool valid_resource_uri(std::string_view uri);

}  // namespace signet
