#include "daemon/admin/api_key_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "keystore/grants/api_token_text.h"
#include "keystore/grants/refresh_family.h"
#include "protocol/oauth/scope.h"
#include "protocol/oauth/token_request.h"

namespace signet {
namespace {

// The last second that a time with four digits of the year can name.
constexpr int64_t kTimeMax = 253'402'300'799;

struct KindRow {
  std::string_view name;
  ApiTokenKind kind;
};
constexpr std::array kKinds{KindRow{"api-key", ApiTokenKind::kApiKey}, KindRow{"vcloud", ApiTokenKind::kVcloud},
                            KindRow{"sandbox", ApiTokenKind::kSandbox}};

// Each gives what was expected, empty when the value is good.
std::string read_text(const JsonValue& value, size_t size_max, std::string& to) {
  const std::string* text = value.as_string();
  if (text == nullptr || text->empty() || text->size() > size_max) {
    return fmt::format("a text of 1 to {} characters", size_max);
  }
  to = *text;
  return {};
}

std::string read_audiences(const JsonValue& value, ApiKeyFields& fields) {
  const JsonValue::Array* array = value.as_array();
  bool good = array != nullptr && array->size() <= kFamilyAudiencesMax;
  for (size_t i = 0; good && i < array->size(); ++i) {
    const std::string* text = (*array)[i].as_string();
    good = text != nullptr && valid_resource_uri(*text) &&
           std::ranges::find(fields.audiences, *text) == fields.audiences.end();
    if (good) fields.audiences.push_back(*text);
  }
  return good ? std::string() : "a list of at most 16 absolute URIs without fragment, none repeated";
}

std::string read_scope(const JsonValue& value, ApiKeyFields& fields) {
  const std::string* text = value.as_string();
  if (text == nullptr || (!text->empty() && !valid_scope(*text))) return "a text of scopes separated by one space";
  fields.scope = *text;
  return {};
}

std::string read_expiry(const JsonValue& value, ApiKeyFields& fields) {
  const auto seconds = value.as_integer();
  if (!seconds || *seconds < 1 || *seconds > kTimeMax) return "seconds since 1970, before the year 10000";
  fields.expires_at = *seconds;
  return {};
}

std::string read_key(const JsonValue& value, ApiKeyFields& fields) {
  const std::string* text = value.as_string();
  if (text == nullptr || !valid_api_token_text(*text)) return "16 to 128 visible ASCII characters";
  fields.key = *text;
  return {};
}

std::string read_kind(const JsonValue& value, ApiKeyFields& fields) {
  const auto kind = value.as_string() == nullptr ? std::nullopt : parse_api_key_kind(*value.as_string());
  if (!kind) return "api-key, vcloud or sandbox";
  fields.kind = *kind;
  return {};
}

std::string read_member(const JsonMember& member, ApiKeyFields& fields) {
  if (member.name == "client_id") return read_text(member.value, 128, fields.client_id);
  if (member.name == "tenant") return read_text(member.value, 64, fields.tenant);
  if (member.name == "name") return read_text(member.value, kApiTokenNameSizeMax, fields.name.emplace());
  if (member.name == "subject") return read_text(member.value, kFamilySubjectSizeMax, fields.subject.emplace());
  if (member.name == "kind") return read_kind(member.value, fields);
  if (member.name == "scope") return read_scope(member.value, fields);
  if (member.name == "audiences") return read_audiences(member.value, fields);
  if (member.name == "expires_at") return read_expiry(member.value, fields);
  if (member.name == "key") return read_key(member.value, fields);
  return "one of client_id, tenant, name, kind, scope, audiences, subject, expires_at, key";
}

}  // namespace

std::string_view api_key_kind_name(ApiTokenKind kind) {
  const auto row = std::ranges::find(kKinds, kind, &KindRow::kind);
  return row == kKinds.end() ? "unknown" : row->name;
}

std::optional<ApiTokenKind> parse_api_key_kind(std::string_view name) {
  const auto row = std::ranges::find(kKinds, name, &KindRow::name);
  if (row == kKinds.end()) return std::nullopt;
  return row->kind;
}

std::expected<ApiKeyFields, std::string> read_api_key_fields(const JsonValue& body) {
  ApiKeyFields fields;
  for (const JsonMember& member : *body.as_object()) {
    std::string wanted = read_member(member, fields);
    if (!wanted.empty()) return std::unexpected(fmt::format("{}: expected {}", member.name, wanted));
  }
  if (fields.client_id.empty()) return std::unexpected("client_id is required");
  if (fields.key && !takes_given_text(fields.kind)) {
    return std::unexpected(fmt::format("key: one of the kind {} is made here", api_key_kind_name(fields.kind)));
  }
  return fields;
}

}  // namespace signet
