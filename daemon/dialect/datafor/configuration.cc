#include "daemon/dialect/datafor/configuration.h"

#include <array>

#include "protocol/base/secret_bytes.h"
#include "protocol/json/reader.h"
#include "protocol/json/writer.h"
#include "protocol/jwt/reserved_claims.h"

namespace signet {
namespace {

constexpr size_t kJsonMax = size_t{15} * 1024;
constexpr size_t kNameMax = 64;
constexpr size_t kTextMax = 1024;
constexpr size_t kListMax = 64;

std::string text_of(const JsonValue& from, std::string_view name, std::string_view otherwise) {
  const std::string* text = from.find_string(name);
  return std::string(text == nullptr ? otherwise : std::string_view(*text));
}

// "1" or "0"; some clients send true or 1.
std::string flag_of(const JsonValue& from, std::string_view name, std::string_view otherwise) {
  const JsonValue* value = from.find(name);
  if (value == nullptr) return std::string(otherwise);
  if (const auto boolean = value->as_boolean()) return *boolean ? "1" : "0";
  if (const auto number = value->as_integer()) return *number != 0 ? "1" : "0";
  const std::string* text = value->as_string();
  return text != nullptr && *text == "1" ? "1" : "0";
}

void read_common(const JsonValue& from, DataforConfiguration& to) {
  to.name = text_of(from, "name", "");
  to.token_name = text_of(from, "token_name", "token");
  to.secret = text_of(from, "secret", "");
  to.algorithm = text_of(from, "algorithm", "HS256");
  if (const JsonValue* expire = from.find("expire"); expire != nullptr) to.expire_s = expire->as_integer().value_or(0);
  to.enable = flag_of(from, "enable", "1");
  to.inituser = flag_of(from, "inituser", "0");
  to.self_service = flag_of(from, "self_service", "0");
  if (const JsonValue* map = from.find("fieldmap"); map != nullptr && map->as_object() != nullptr) {
    for (const JsonMember& member : *map->as_object()) {
      if (const std::string* claim = member.value.as_string()) to.fieldmap[member.name] = *claim;
    }
  }
  if (const JsonValue* roles = from.find("initroles"); roles != nullptr && roles->as_array() != nullptr) {
    for (const JsonValue& role : *roles->as_array()) {
      if (const std::string* text = role.as_string()) to.initroles.push_back(*text);
    }
  }
}

std::string fault_of(const DataforConfiguration& c) {
  if (c.name.empty()) return "name can not be empty";
  if (c.name.size() > kNameMax || c.token_name.size() > kNameMax || c.secret.size() > kTextMax) return "value too long";
  for (const char octet : c.name) {
    if (octet <= 0x20 || octet > 0x7e) return "name must be visible ASCII characters";
  }
  // It becomes a claim of its tokens.
  if (is_reserved_claim(c.name)) return "name is reserved";
  if (c.expire_s < 1 || c.expire_s > kDataforExpireMaxS) return "expire must be 1 to 31536000 seconds";
  if (c.fieldmap.size() > kListMax || c.initroles.size() > kListMax) return "too many entries";
  for (const auto& [member, claim] : c.fieldmap) {
    if (claim.empty() || claim.size() > kNameMax || member.size() > kNameMax)
      return "fieldmap has an empty or long name";
    if (is_reserved_claim(claim)) return "fieldmap names a reserved claim";
  }
  return {};
}

}  // namespace

DataforConfiguration::~DataforConfiguration() { wipe_text(secret); }

const std::string& DataforConfiguration::claim_of(const std::string& member) const {
  const auto mapped = fieldmap.find(member);
  return mapped == fieldmap.end() ? member : mapped->second;
}

const std::string& DataforConfiguration::user_claim() const {
  const auto mapped = fieldmap.find("username");
  return mapped == fieldmap.end() ? name : mapped->second;
}

std::string datafor_json(const DataforConfiguration& c, bool masked) {
  std::string out(kJsonMax, '\0');
  JsonWriter json(out);
  json.begin_object();
  json.member("name", c.name);
  json.member("token_name", c.token_name);
  json.member("secret", masked ? kDataforMask : std::string_view(c.secret));
  json.member_integer("expire", c.expire_s);
  json.member("algorithm", c.algorithm);
  json.key("fieldmap");
  json.begin_object();
  for (const auto& [member, claim] : c.fieldmap) {
    json.key_text(member);
    json.string(claim);
  }
  json.end_object();
  json.member("enable", c.enable);
  json.member("inituser", c.inituser);
  json.key("initroles");
  json.begin_array();
  for (const std::string& role : c.initroles) json.string(role);
  json.end_array();
  json.member("self_service", c.self_service);
  json.member_integer("createdDate", c.created_ms);
  json.member_integer("lastModifiedDate", c.modified_ms);
  json.member("creatorId", c.creator);
  json.end_object();
  out.resize(json.size());  // empty when it does not fit
  return out;
}

std::optional<DataforConfiguration> read_datafor(std::string_view json) {
  const auto read = read_json(json);
  if (!read) return std::nullopt;
  DataforConfiguration c;
  read_common(*read, c);
  const auto number = [&](std::string_view name) {
    const JsonValue* value = read->find(name);
    return value == nullptr ? 0 : value->as_integer().value_or(0);
  };
  c.created_ms = number("createdDate");
  c.modified_ms = number("lastModifiedDate");
  c.creator = text_of(*read, "creatorId", "");
  return c;
}

std::expected<DataforConfiguration, std::string> read_datafor_update(const JsonValue& value) {
  if (value.as_object() == nullptr) return std::unexpected("a configuration must be a JSON object");
  DataforConfiguration c;
  read_common(value, c);
  if (c.secret == kDataforMask) c.secret.clear();
  if (std::string fault = fault_of(c); !fault.empty()) return std::unexpected(fault);
  return c;
}

}  // namespace signet
