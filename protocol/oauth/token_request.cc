#include "protocol/oauth/token_request.h"

namespace signet {
namespace {

std::unexpected<TokenRequestError> refuse(OAuthError error, std::string_view description) {
  return std::unexpected(TokenRequestError{error, description});
}

}  // namespace

std::string_view grant_type_name(GrantType grant_type) {
  return grant_type == GrantType::kRefreshToken ? "refresh_token" : "client_credentials";
}

std::expected<TokenRequest, TokenRequestError> parse_token_request(const FormParameters& form) {
  TokenRequest request;
  request.client_id = form.get("client_id");
  request.client_secret = form.get("client_secret");
  std::string_view grant_type;
  for (const FormParameter& parameter : form.all()) {
    if (parameter.value.empty()) continue;
    if (parameter.name == "grant_type") {
      grant_type = parameter.value;
    } else if (parameter.name == "refresh_token") {
      request.refresh_token = parameter.value;
    } else if (parameter.name == "scope") {
      request.scope = parameter.value;
    } else if (parameter.name == "resource") {
      if (request.resource_count == TokenRequest::kResourcesMax)
        return refuse(OAuthError::kInvalidTarget, "too many resources");
      if (!valid_resource_uri(parameter.value)) {
        return refuse(OAuthError::kInvalidTarget, "a resource must be an absolute URI without a fragment");
      }
      request.resources[request.resource_count++] = parameter.value;
    }
  }
  if (grant_type.empty()) return refuse(OAuthError::kInvalidRequest, "grant_type is missing");
  if (grant_type == grant_type_name(GrantType::kRefreshToken)) {
    request.grant_type = GrantType::kRefreshToken;
    if (request.refresh_token.empty()) return refuse(OAuthError::kInvalidRequest, "refresh_token is missing");
  } else if (grant_type != grant_type_name(GrantType::kClientCredentials)) {
    return refuse(OAuthError::kUnsupportedGrantType, {});
  }
  return request;
}

}  // namespace signet
