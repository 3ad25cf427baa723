#include "protocol/dialect/dialect_condition.h"

#include <algorithm>
#include <array>

namespace signet {
namespace {

// By DialectCondition. A description says nothing about which check failed.
constexpr std::array<DialectConditionEntry, kDialectConditionCount> kConditions{{
    {"method_not_allowed", 405, "invalid_request", "method not allowed"},
    {"unsupported_media_type", 415, "invalid_request", "unsupported content type"},
    {"not_acceptable", 406, "invalid_request", "not acceptable"},
    {"malformed_request", 400, "invalid_request", "malformed request"},
    {"missing_credential", 401, "invalid_client", "client authentication required"},
    {"malformed_credential", 401, "invalid_client", "client authentication failed"},
    {"wrong_credential", 401, "invalid_client", "client authentication failed"},
    {"forbidden", 403, "access_denied", "forbidden"},
    {"not_found", 404, "not_found", "not found"},
    {"conflict", 409, "invalid_request", "conflict"},
    {"too_many_requests", 429, "temporarily_unavailable", "too many requests"},
    {"unavailable", 503, "temporarily_unavailable", "temporarily unavailable"},
    {"server_error", 500, "server_error", "server error"},
    {"missing_token", 401, "invalid_token", "token required"},
    {"invalid_token", 401, "invalid_token", "invalid token"},
    {"unsupported_grant_type", 400, "unsupported_grant_type", "unsupported grant type"},
    {"invalid_grant", 400, "invalid_grant", "invalid grant"},
    {"invalid_scope", 400, "invalid_scope", "invalid scope"},
    {"unauthorized_client", 400, "unauthorized_client", "unauthorized client"},
    {"authorization_pending", 400, "authorization_pending", "authorization pending"},
    {"slow_down", 400, "slow_down", "slow down"},
    {"access_denied", 400, "access_denied", "access denied"},
    {"expired_token", 400, "expired_token", "expired token"},
}};

constexpr auto kNames = [] {
  std::array<std::string_view, kDialectConditionCount> names{};
  for (size_t i = 0; i < names.size(); ++i) names[i] = kConditions[i].name;
  return names;
}();

}  // namespace

const DialectConditionEntry& dialect_condition(DialectCondition condition) {
  return kConditions[static_cast<size_t>(condition)];
}

std::optional<DialectCondition> find_dialect_condition(std::string_view name) {
  const auto at = std::ranges::find(kNames, name);
  if (at == kNames.end()) return std::nullopt;
  return static_cast<DialectCondition>(at - kNames.begin());
}

std::span<const std::string_view> dialect_condition_names() { return kNames; }

}  // namespace signet
