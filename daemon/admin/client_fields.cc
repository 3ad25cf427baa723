#include "daemon/admin/client_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "keystore/clients/client_secret.h"
#include "keystore/clients/password_check.h"
#include "protocol/oauth/scope.h"
#include "protocol/oauth/token_request.h"

namespace signet {
namespace {

// Each gives what was expected, empty when the value is good.
using Expected = std::string;
struct FieldRow {
  std::string_view name;
  uint8_t forms;  // ClientForm bits
  Expected (*read)(const JsonValue& value, ClientFields& fields, uint32_t ttl_s_max);
};

bool strings(const JsonValue& value, size_t count_max, std::vector<std::string>& to) {
  const JsonValue::Array* array = value.as_array();
  if (array == nullptr || array->size() > count_max) return false;
  for (const JsonValue& entry : *array) {
    const std::string* text = entry.as_string();
    if (text == nullptr || std::find(to.begin(), to.end(), *text) != to.end()) return false;
    to.push_back(*text);
  }
  return true;
}

Expected read_client_id(const JsonValue& value, ClientFields& fields, uint32_t) {
  const std::string* text = value.as_string();
  if (text == nullptr || !valid_client_id(*text)) return "1 to 128 characters of A-Z a-z 0-9 - . _ ~";
  fields.client_id = *text;
  return {};
}

Expected read_tenant(const JsonValue& value, ClientFields& fields, uint32_t) {
  if (value.as_string() == nullptr) return "the name of a tenant";
  fields.tenant = *value.as_string();
  return {};
}

Expected read_grants(const JsonValue& value, ClientFields& fields, uint32_t) {
  std::vector<std::string> names;
  uint32_t grants = 0;
  bool good = strings(value, 8, names);
  for (const std::string& name : names) {
    if (name == "client_credentials") {
      grants |= kGrantClientCredentials;
    } else if (name == "refresh_token") {
      grants |= kGrantRefreshToken;
    } else {
      good = false;
    }
  }
  if (!good) return R"(a list of "client_credentials" and "refresh_token", none repeated)";
  fields.grants = grants;
  return {};
}

Expected set_scope(std::string scope, ClientFields& fields) {
  if (scope.size() > kClientScopeSizeMax || (!scope.empty() && !valid_scope(scope))) {
    return "scopes of RFC 6749 section 3.3, none repeated, at most 4096 characters in all";
  }
  fields.scope = std::move(scope);
  return {};
}

Expected read_scope(const JsonValue& value, ClientFields& fields, uint32_t) {
  if (value.as_string() == nullptr) return "a text of scopes separated by one space";
  return set_scope(*value.as_string(), fields);
}

Expected read_scopes(const JsonValue& value, ClientFields& fields, uint32_t) {
  std::vector<std::string> tokens;
  if (!strings(value, kClientScopeSizeMax, tokens) || !std::all_of(tokens.begin(), tokens.end(), valid_scope_token)) {
    return "a list of scopes of RFC 6749 section 3.3, none repeated";
  }
  return set_scope(fmt::format("{}", fmt::join(tokens, " ")), fields);
}

constexpr std::string_view kAudiencesWanted =
    "a list of at most 16 absolute URIs without fragment, none repeated, each at most 512 characters";

Expected read_audiences(const JsonValue& value, ClientFields& fields, uint32_t) {
  std::vector<std::string> audiences;
  bool good = strings(value, kClientAudiencesMax, audiences) &&
              std::all_of(audiences.begin(), audiences.end(), valid_resource_uri);
  if (!good) return Expected(kAudiencesWanted);
  fields.audiences = std::move(audiences);
  return {};
}

Expected read_introspect(const JsonValue& value, ClientFields& fields, uint32_t) {
  std::vector<std::string> audiences;
  bool good = strings(value, kClientAudiencesMax, audiences);
  bool all = audiences == std::vector<std::string>{"*"};
  good = good && (all || std::all_of(audiences.begin(), audiences.end(), valid_resource_uri));
  if (!good) return fmt::format("{}; or [\"*\"]", kAudiencesWanted);
  fields.introspect = std::move(audiences);
  return {};
}

Expected read_alg(const JsonValue& value, ClientFields& fields, uint32_t) {
  if (value.as_string() != nullptr) fields.algorithm = parse_jws_algorithm(*value.as_string());
  return fields.algorithm ? Expected() : "EdDSA, Ed25519, ES256, PS256, RS256, HS256, HS384 or HS512";
}

Expected read_ttl(const JsonValue& value, ClientFields& fields, uint32_t ttl_s_max) {
  std::optional<int64_t> ttl = value.as_integer();
  if (!ttl || *ttl < 0 || *ttl > ttl_s_max) return fmt::format("0 (the default) to {} seconds", ttl_s_max);
  fields.ttl_s = static_cast<uint32_t>(*ttl);
  return {};
}

Expected read_feed(const JsonValue& value, ClientFields& fields, uint32_t) {
  fields.feed = value.as_boolean();
  return fields.feed ? Expected() : "true or false";
}

Expected read_refresh(const JsonValue& value, ClientFields& fields, uint32_t) {
  fields.refresh_with_credentials = value.as_boolean();
  return fields.refresh_with_credentials ? Expected() : "true or false";
}

Expected read_client_secret(const JsonValue& value, ClientFields& fields, uint32_t) {
  const std::string* text = value.as_string();
  if (text == nullptr || !valid_client_secret(*text)) return "16 to 256 printable ASCII characters";
  fields.client_secret = *text;
  return {};
}

Expected read_password(const JsonValue& value, ClientFields& fields, uint32_t) {
  const std::string* text = value.as_string();
  if (text == nullptr || !valid_password(*text)) return "1 to 1024 octets of UTF-8 without control characters";
  fields.password = *text;
  return {};
}

constexpr auto kAdd = static_cast<uint8_t>(ClientForm::kAdd);
constexpr auto kUpdate = static_cast<uint8_t>(ClientForm::kUpdate);
constexpr auto kImport = static_cast<uint8_t>(ClientForm::kImport);

constexpr std::array<FieldRow, 13> kFields{{
    {"client_id", kAdd | kImport, read_client_id},
    {"tenant", kAdd | kImport, read_tenant},
    {"grants", kAdd | kUpdate | kImport, read_grants},
    {"scope", kAdd | kUpdate, read_scope},
    {"scopes", kImport, read_scopes},
    {"audiences", kAdd | kUpdate | kImport, read_audiences},
    {"introspect", kAdd | kUpdate | kImport, read_introspect},
    {"alg", kAdd | kUpdate | kImport, read_alg},
    {"ttl", kAdd | kUpdate | kImport, read_ttl},
    {"feed", kAdd | kUpdate, read_feed},
    {"refresh_with_credentials", kAdd | kUpdate, read_refresh},
    {"client_secret", kAdd | kImport, read_client_secret},
    {"password", kAdd | kImport, read_password},
}};

void set_flag(std::optional<bool> value, uint32_t flag, Client& client) {
  if (value) client.flags = *value ? client.flags | flag : client.flags & ~flag;
}

}  // namespace

std::expected<ClientFields, std::string> read_client_fields(const JsonValue& object, ClientForm form,
                                                            uint32_t ttl_s_max) {
  if (object.as_object() == nullptr) return std::unexpected("a client must be a JSON object");
  ClientFields fields;
  for (const JsonMember& member : *object.as_object()) {
    auto row = std::find_if(kFields.begin(), kFields.end(), [&](const FieldRow& r) {
      return r.name == member.name && (r.forms & static_cast<uint8_t>(form)) != 0;
    });
    if (row == kFields.end()) return std::unexpected(fmt::format("unknown member \"{}\"", member.name));
    Expected wanted = row->read(member.value, fields, ttl_s_max);
    if (!wanted.empty()) return std::unexpected(fmt::format("{}: expected {}", member.name, wanted));
  }
  if (form != ClientForm::kUpdate && !fields.client_id) return std::unexpected("client_id is required");
  return fields;
}

void apply_client_fields(const ClientFields& fields, Client& client) {
  if (fields.client_id) client.client_id = *fields.client_id;
  if (fields.grants) client.grants = *fields.grants;
  if (fields.scope) client.scope = *fields.scope;
  if (fields.audiences) client.audiences = *fields.audiences;
  if (fields.introspect) {
    bool all = *fields.introspect == std::vector<std::string>{"*"};
    set_flag(all, kClientIntrospectAll, client);
    client.introspect = all ? std::vector<std::string>() : *fields.introspect;
  }
  if (fields.algorithm) client.algorithm = *fields.algorithm;
  if (fields.ttl_s) client.ttl_s = *fields.ttl_s;
  set_flag(fields.feed, kClientFeed, client);
  set_flag(fields.refresh_with_credentials, kClientRefreshWithCredentials, client);
}

std::string check_client(const Client& client) {
  if (is_symmetric(client.algorithm) && client.audiences.size() != 1) {
    return fmt::format("alg: {} needs exactly one audience, since an HMAC key belongs to one resource server",
                       jws_algorithm_name(client.algorithm));
  }
  if ((client.flags & kClientRefreshWithCredentials) != 0 && (client.grants & kGrantRefreshToken) == 0) {
    return "refresh_with_credentials: needs the grant refresh_token";
  }
  return {};
}

}  // namespace signet
