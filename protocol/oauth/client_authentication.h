// Client authentication by client_secret_basic and client_secret_post (RFC 6749 2.3.1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string_view>

namespace signet {

enum class ClientAuthMethod : uint8_t { kNone, kClientSecretBasic, kClientSecretPost };

// Views into the scratch buffer or the form; valid as long as those are.
struct ClientCredentials {
  ClientAuthMethod method = ClientAuthMethod::kNone;
  std::string_view client_id;
  std::string_view client_secret;
};

enum class ClientAuthError : uint8_t {
  kMalformedBasic,  // answer 401: not base64, no colon, bad percent-escape, bad UTF-8
  kUnknownScheme,   // an Authorization header of a scheme we do not take: 401
  kTwoMethods,      // 400 invalid_request: Basic and client_secret in the body, or client_ids that differ
  kTooLong,         // id or secret over 256 octets
};

inline constexpr size_t kClientIdSizeMax = 256;
inline constexpr size_t kClientSecretSizeMax = 256;
// An id and a secret of the greatest size, each octet as %XX, and the colon.
inline constexpr size_t kBasicScratchSize = 3 * (kClientIdSizeMax + kClientSecretSizeMax) + 8;

// The challenge for a client that tried Basic (RFC 7617 2.1); one that sent its secret in the body gets none, because
// some clients then drop the JSON error.
inline constexpr std::string_view kBasicChallenge = "Basic realm=\"signet\", charset=\"UTF-8\"";

// parse_client_authentication combines the Authorization header value (empty view = header absent; repeated headers are
// refused earlier) with the form's client_id and client_secret (empty data() pointer = absent). Basic is split at the
// first ':' and both halves are always form-decoded ('+' and %XX; RFC 6749 appendix B), bytes must then be UTF-8
// and free of control characters. The scheme is case-insensitive. An empty form value counts as omitted (RFC 6749 3.2).
// Without a secret the method is kNone. `scratch` receives decoded bytes. Any thread, does not allocate.
std::expected<ClientCredentials, ClientAuthError> parse_client_authentication(
    std::string_view authorization, std::string_view form_client_id, std::string_view form_client_secret,
    std::span<char, kBasicScratchSize> scratch);

}  // namespace signet
