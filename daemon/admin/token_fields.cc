#include "daemon/admin/token_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "daemon/admin/answer.h"
#include "daemon/admin/json_text.h"
#include "protocol/jwt/reserved_claims.h"
#include "protocol/oauth/token_request.h"

namespace signet {
namespace {

constexpr size_t kSubjectSizeMax = 256;
constexpr size_t kAudienceMax = 16;

std::string read_text(const JsonValue& value, size_t size_max, std::string& to) {
  const std::string* text = value.as_string();
  if (text == nullptr || text->empty() || text->size() > size_max) {
    return fmt::format("a text of 1 to {} characters", size_max);
  }
  to = *text;
  return {};
}

std::string read_audience(const JsonValue& value, TokenFields& fields) {
  const JsonValue::Array* array = value.as_array();
  bool good = array != nullptr && array->size() <= kAudienceMax;
  for (size_t i = 0; good && i < array->size(); ++i) {
    const std::string* text = (*array)[i].as_string();
    good = text != nullptr && valid_resource_uri(*text);
    if (good) fields.audience.push_back(*text);
  }
  return good ? std::string() : "a list of at most 16 absolute URIs without fragment";
}

std::string read_claims(const JsonValue& value, TokenFields& fields) {
  const JsonValue::Object* object = value.as_object();
  if (object == nullptr) return "an object";
  for (const JsonMember& claim : *object) {
    if (is_reserved_claim(claim.name)) {
      return fmt::format("no claim \"{}\", which the issuer alone sets", claim.name);
    }
  }
  std::string text = write_json([&](JsonWriter& json) { write_json_value(json, value); });
  fields.extra_members = text.substr(1, text.size() - 2);
  return {};
}

// Gives what was expected, empty when good.
std::string read_member(const JsonMember& member, TokenFields& fields, uint32_t ttl_s_max) {
  if (member.name == "client_id") return read_text(member.value, 128, fields.client_id);
  if (member.name == "tenant") return read_text(member.value, 64, fields.tenant);
  if (member.name == "subject") return read_text(member.value, kSubjectSizeMax, fields.subject);
  if (member.name == "scope") return read_text(member.value, 4096, fields.scope);
  if (member.name == "audience") return read_audience(member.value, fields);
  if (member.name == "claims") return read_claims(member.value, fields);
  if (member.name == "refresh") {
    const auto wanted = member.value.as_boolean();
    fields.refresh = wanted.value_or(false);
    return wanted ? "" : "true or false";
  }
  if (member.name != "ttl") return "one of client_id, tenant, subject, scope, audience, ttl, refresh, claims";
  auto ttl = member.value.as_integer();
  if (!ttl || *ttl < 1 || *ttl > ttl_s_max) return fmt::format("1 to {} seconds", ttl_s_max);
  fields.ttl_s = static_cast<uint32_t>(*ttl);
  return {};
}

}  // namespace

std::expected<TokenFields, std::string> read_token_fields(const JsonValue& body, uint32_t ttl_s_max) {
  TokenFields fields;
  for (const JsonMember& member : *body.as_object()) {
    std::string wanted = read_member(member, fields, ttl_s_max);
    if (!wanted.empty()) return std::unexpected(fmt::format("{}: expected {}", member.name, wanted));
  }
  if (fields.client_id.empty()) return std::unexpected("client_id is required");
  return fields;
}

}  // namespace signet
