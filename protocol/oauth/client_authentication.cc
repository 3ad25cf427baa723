#include "protocol/oauth/client_authentication.h"

#include "protocol/base/base64url.h"
#include "protocol/oauth/percent_decode.h"

namespace signet {
namespace {

constexpr std::string_view kBasicScheme = "basic";

// The token68 of a Basic header; nothing when the scheme is another. RFC 9110 11.4: the scheme is case-insensitive and
// one or more spaces follow it.
std::expected<std::string_view, ClientAuthError> basic_token(std::string_view authorization) {
  if (authorization.size() < kBasicScheme.size()) return std::unexpected(ClientAuthError::kUnknownScheme);
  for (size_t i = 0; i < kBasicScheme.size(); ++i) {
    // The scheme's characters are all letters, so that setting this bit only folds their case.
    if ((authorization[i] | 0x20) != kBasicScheme[i]) return std::unexpected(ClientAuthError::kUnknownScheme);
  }
  std::string_view rest = authorization.substr(kBasicScheme.size());
  if (rest.empty()) return std::unexpected(ClientAuthError::kMalformedBasic);
  if (!rest.starts_with(' ')) return std::unexpected(ClientAuthError::kUnknownScheme);
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  return rest;
}

// RFC 6749 2.3.1: both halves are form-encoded before they are joined; clients that skip that use characters which
// decode to themselves. Bad UTF-8 (a raw Latin-1 secret, say) is a wrong credential, not a server error.
std::expected<ClientCredentials, ClientAuthError> parse_basic(std::string_view token, std::span<char> scratch) {
  const MutableByteSpan octets(reinterpret_cast<uint8_t*>(scratch.data()), scratch.size());
  if (base64url_decoded_size_max(token.size()) > scratch.size()) return std::unexpected(ClientAuthError::kTooLong);
  const auto size = base64_decode(token, octets);
  if (!size) return std::unexpected(ClientAuthError::kMalformedBasic);
  const std::span<char> pair = scratch.first(*size);
  const size_t colon = std::string_view(pair.data(), pair.size()).find(':');
  if (colon == std::string_view::npos) return std::unexpected(ClientAuthError::kMalformedBasic);
  const auto id = percent_decode(pair.first(colon));
  const auto secret = percent_decode(pair.subspan(colon + 1));
  if (!id || !secret || id->empty()) return std::unexpected(ClientAuthError::kMalformedBasic);
  return ClientCredentials{ClientAuthMethod::kClientSecretBasic, *id, *secret};
}

std::expected<ClientCredentials, ClientAuthError> within_limits(const ClientCredentials& credentials) {
  if (credentials.client_id.size() > kClientIdSizeMax || credentials.client_secret.size() > kClientSecretSizeMax) {
    return std::unexpected(ClientAuthError::kTooLong);
  }
  return credentials;
}

}  // namespace

std::expected<ClientCredentials, ClientAuthError> parse_client_authentication(
    std::string_view authorization, std::string_view form_client_id, std::string_view form_client_secret,
    std::span<char, kBasicScratchSize> scratch) {
  if (authorization.empty()) {
    const bool post = !form_client_id.empty() && !form_client_secret.empty();
    return within_limits({post ? ClientAuthMethod::kClientSecretPost : ClientAuthMethod::kNone, form_client_id,
                          post ? form_client_secret : std::string_view{}});
  }
  const auto token = basic_token(authorization);
  if (!token) return std::unexpected(token.error());
  const auto credentials = parse_basic(*token, scratch);
  if (!credentials) return credentials;
  // RFC 6749 2.3: no more than one method in each request. The id alone, equal, is only a repetition.
  if (!form_client_secret.empty()) return std::unexpected(ClientAuthError::kTwoMethods);
  if (!form_client_id.empty() && form_client_id != credentials->client_id) {
    return std::unexpected(ClientAuthError::kTwoMethods);
  }
  return within_limits(*credentials);
}

}  // namespace signet
