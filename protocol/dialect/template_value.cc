#include "protocol/dialect/template_value.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace signet {
namespace {

constexpr uint8_t bit(TemplatePlace place) { return static_cast<uint8_t>(1U << static_cast<unsigned>(place)); }
constexpr uint8_t kInHeader = bit(TemplatePlace::kHeader);
constexpr uint8_t kInClaims = bit(TemplatePlace::kClaims);
constexpr uint8_t kInSuccess = bit(TemplatePlace::kSuccess);
constexpr uint8_t kInError = bit(TemplatePlace::kError);
constexpr uint8_t kOfIssue = kInClaims | kInSuccess;

// By TemplateValue. Ids of clients, scopes and what comes from a path have passed a check for control characters;
// subjects and parameters of a request have not.
constexpr std::array<TemplateValueEntry, kTemplateValueCount> kValues{{
    {"", TemplateKind::kText, 0, false},
    {"alg", TemplateKind::kText, kInHeader | kOfIssue, false},
    {"kid", TemplateKind::kText, kInHeader | kOfIssue, false},
    {"token", TemplateKind::kText, kInSuccess, false},
    {"issued_at", TemplateKind::kTime, kOfIssue, false},
    {"expires_at", TemplateKind::kTime, kOfIssue, false},
    {"lifetime_s", TemplateKind::kNumber, kOfIssue, false},
    {"client_id", TemplateKind::kText, kOfIssue, false},
    {"subject", TemplateKind::kText, kOfIssue, true},
    {"scope", TemplateKind::kText, kOfIssue, false},
    {"scopes", TemplateKind::kJson, kOfIssue, false},
    {"audience", TemplateKind::kText, kOfIssue, false},
    {"issuer", TemplateKind::kText, kOfIssue, false},
    {"jti", TemplateKind::kJti, kOfIssue, false},
    {"key_id", TemplateKind::kOctets, kOfIssue, false},
    {"client_key", TemplateKind::kOctets, kOfIssue, false},
    {"tenant", TemplateKind::kText, kOfIssue, false},
    {"tenant_key", TemplateKind::kOctets, kOfIssue, false},
    {"session_key", TemplateKind::kOctets, kOfIssue, false},
    {"refresh_token", TemplateKind::kText, kInSuccess, false},
    {"error", TemplateKind::kText, kInError, false},
    {"error_description", TemplateKind::kText, kInError, false},
    {"status", TemplateKind::kNumber, kInSuccess | kInError, false},
    {"path.", TemplateKind::kText, kOfIssue | kInError, false},
    {"request.", TemplateKind::kText, kOfIssue, true},
}};

// A constant list of names: all entries of `table` that `wanted` takes.
struct Names {
  std::array<std::string_view, kTemplateValueCount> names{};
  size_t count = 0;
};

constexpr Names names_at(TemplatePlace place) {
  Names out;
  for (const TemplateValueEntry& entry : kValues) {
    if ((entry.places & bit(place)) == 0) continue;
    std::string_view name = entry.name;
    if (name == "path.") name = "path.NAME";
    if (name == "request.") name = "request.NAME";
    out.names[out.count++] = name;
  }
  return out;
}
constexpr std::array kNamesByPlace{names_at(TemplatePlace::kHeader), names_at(TemplatePlace::kClaims),
                                   names_at(TemplatePlace::kSuccess), names_at(TemplatePlace::kError)};

constexpr std::array<std::string_view, 10> kFilters{"",    "base64", "base64url", "lower",   "upper",
                                                    "hex", "hex24",  "uuid",      "iso8601", "ms"};
// Filters of one kind stand together in the enumeration.
constexpr std::span<const std::string_view> kTextFilters = std::span(kFilters).subspan(1, 4);
constexpr std::span<const std::string_view> kOctetFilters = std::span(kFilters).subspan(5, 3);
constexpr std::span<const std::string_view> kTimeFilters = std::span(kFilters).subspan(8, 2);

}  // namespace

const TemplateValueEntry& template_value(TemplateValue value) { return kValues[static_cast<size_t>(value)]; }

std::optional<TemplateValue> find_template_value(std::string_view name) {
  if (name.empty() || name.ends_with('.')) return std::nullopt;
  const auto at = std::ranges::find(kValues, name, &TemplateValueEntry::name);
  if (at == kValues.end()) return std::nullopt;
  return static_cast<TemplateValue>(at - kValues.begin());
}

std::span<const std::string_view> template_value_names(TemplatePlace place) {
  const Names& names = kNamesByPlace[static_cast<size_t>(place)];
  return {names.names.data(), names.count};
}

std::optional<TemplateFilter> find_template_filter(std::string_view name) {
  const auto at = std::ranges::find(kFilters, name);
  if (name.empty() || at == kFilters.end()) return std::nullopt;
  return static_cast<TemplateFilter>(at - kFilters.begin());
}

std::string_view template_filter_name(TemplateFilter filter) { return kFilters[static_cast<size_t>(filter)]; }

std::span<const std::string_view> template_filter_names(TemplateKind kind) {
  switch (kind) {
    case TemplateKind::kText:
      return kTextFilters;
    case TemplateKind::kOctets:
    case TemplateKind::kJti:
      return kOctetFilters;
    case TemplateKind::kTime:
      return kTimeFilters;
    case TemplateKind::kNumber:
    case TemplateKind::kJson:
      break;
  }
  return {};
}

bool template_filter_takes(TemplateFilter filter, TemplateKind kind) {
  return std::ranges::find(template_filter_names(kind), template_filter_name(filter)) !=
         template_filter_names(kind).end();
}

}  // namespace signet
