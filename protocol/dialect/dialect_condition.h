// DialectCondition: everything that can go wrong with a request at a dialect's endpoint, by the names that the files
// use, and what is answered where a file says nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace signet {

enum class DialectCondition : uint8_t {
  kMethodNotAllowed,      // the daemon adds Allow
  kUnsupportedMediaType,  // the body is of another type than the endpoint takes
  kNotAcceptable,
  kMalformedRequest,  // a body or query that does not parse
  kMissingCredential,
  kMalformedCredential,
  kWrongCredential,  // an unknown or disabled client too
  kForbidden,
  kNotFound,
  kConflict,
  kTooManyRequests,  // the daemon adds Retry-After
  kUnavailable,      // likewise
  kServerError,
  kMissingToken,  // of a guarded endpoint
  kInvalidToken,  // likewise: bad, expired, revoked
  kUnsupportedGrantType,
  kInvalidGrant,
  kInvalidScope,
  kUnauthorizedClient,
  kAuthorizationPending,
  kSlowDown,
  kAccessDenied,
  kExpiredToken,
};
inline constexpr size_t kDialectConditionCount = 23;

struct DialectConditionEntry {
  std::string_view name;         // as in a file: "wrong_credential"
  int status;                    // HTTP
  std::string_view error;        // registered code
  std::string_view description;  // public; the same whichever check failed
};

// Static storage. Any thread.
const DialectConditionEntry& dialect_condition(DialectCondition condition);
std::optional<DialectCondition> find_dialect_condition(std::string_view name);
// All names, in the order of the enumeration. Static storage.
std::span<const std::string_view> dialect_condition_names();

}  // namespace signet
