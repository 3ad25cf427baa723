// What a placeholder of a template may name: the values, the filters over them, and the places where each may stand.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace signet {

enum class TemplateValue : uint8_t {
  kLiteral,  // no placeholder: text as it stands
  kAlg,
  kKid,
  kToken,
  kIssuedAt,
  kExpiresAt,
  kLifetime,
  kClientId,
  kSubject,
  kScope,
  kScopes,
  kAudience,
  kIssuer,
  kJti,
  kKeyId,
  kClientKey,
  kTenant,
  kTenantKey,
  kSessionKey,
  kRefreshToken,
  kError,
  kErrorDescription,
  kStatus,
  kPath,     // path.NAME
  kRequest,  // request.NAME
};
inline constexpr size_t kTemplateValueCount = 25;

enum class TemplateKind : uint8_t {
  kText,
  kNumber,  // seconds of a duration, or a status
  kTime,    // a number too: seconds since 1970
  kJson,    // JSON that stands outside of a string
  kOctets,  // 16 octets, which only a filter makes text
  kJti,     // text of 22 characters that filters take as the 16 octets behind it
};

enum class TemplateFilter : uint8_t {
  kNone,
  kBase64,  // of text; padded
  kBase64Url,
  kLower,  // ASCII letters only
  kUpper,
  kHex,  // of octets; 32 digits
  kHex24,
  kUuid,
  kIso8601,  // of times: "2024-08-07T07:31:56Z"
  kMs,       // of times: milliseconds, a number
};

enum class TemplatePlace : uint8_t { kHeader, kClaims, kSuccess, kError };

struct TemplateValueEntry {
  std::string_view name;  // "path." and "request." stand for all of theirs
  TemplateKind kind;
  uint8_t places;         // 1 << TemplatePlace of each place where it may stand
  bool may_hold_control;  // octets below 0x20 and 0x7F
};

// Static storage. Any thread.
const TemplateValueEntry& template_value(TemplateValue value);
// By its whole name, without "path." and "request." ones. Any thread.
std::optional<TemplateValue> find_template_value(std::string_view name);
// The names that may stand at `place`, for messages: "client_id", "path.NAME". Static storage. Any thread.
std::span<const std::string_view> template_value_names(TemplatePlace place);

std::optional<TemplateFilter> find_template_filter(std::string_view name);
// "" for kNone. Static storage.
std::string_view template_filter_name(TemplateFilter filter);
// The names of the filters that take `kind`. Static storage.
std::span<const std::string_view> template_filter_names(TemplateKind kind);
bool template_filter_takes(TemplateFilter filter, TemplateKind kind);

}  // namespace signet
