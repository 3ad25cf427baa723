#include "tools/ctl/import/import_client.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "protocol/base/nearest.h"
#include "protocol/jose/algorithm.h"
#include "protocol/jwt/access_token.h"
#include "protocol/oauth/scope.h"
#include "protocol/oauth/token_request.h"
#include "tools/ctl/input.h"
#include "tools/ctl/password_input.h"

namespace signet::ctl {
namespace {

constexpr size_t kClientIdSizeMax = 128;
constexpr size_t kTenantSizeMax = 64;
constexpr size_t kAudiencesMax = 16;
constexpr size_t kGeneratedSecretSizeMax = 64;
constexpr size_t kMemberNamesSize = 176;  // braces, names, quotes and commas of one client
// The grants that a client can be registered for.
constexpr std::array<std::string_view, 2> kGrants{"client_credentials", "refresh_token"};

bool is_alphanumeric(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

// Lists are short: comparing all pairs beats sorting.
bool has_repeated(const std::vector<std::string>& values) {
  for (size_t i = 1; i < values.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (values[i] == values[j]) return true;
    }
  }
  return false;
}

// Each check gives "" or what was expected.
using Check = std::string_view (*)(std::string_view);

std::string_view check_client_id(std::string_view id) {
  const bool good = !id.empty() && id.size() <= kClientIdSizeMax && std::all_of(id.begin(), id.end(), [](char c) {
    return is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~';
  });
  return good ? "" : "expected 1 to 128 characters of A-Za-z0-9-._~";
}

std::string_view check_tenant(std::string_view name) {
  const bool good = !name.empty() && name.size() <= kTenantSizeMax && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
  return good ? "" : "expected 1 to 64 characters of a-z0-9-";
}

std::string_view check_grant(std::string_view grant) {
  const bool known = std::find(kGrants.begin(), kGrants.end(), grant) != kGrants.end();
  return known ? "" : "expected client_credentials or refresh_token";
}

std::string_view check_scope(std::string_view scope) {
  return valid_scope_token(scope) ? "" : "expected scopes of printable ASCII without quotes and backslashes";
}

std::string_view check_audience(std::string_view uri) {
  return valid_resource_uri(uri) ? "" : "expected an absolute URI without fragment, at most 512 characters";
}

std::string_view check_introspect(std::string_view uri) { return uri == "*" ? "" : check_audience(uri); }

std::string_view check_alg(std::string_view name) {
  return parse_jws_algorithm(name) ? "" : "expected EdDSA, Ed25519, ES256, PS256, RS256, HS256, HS384 or HS512";
}

struct Field {
  std::string_view name;
  Check check = nullptr;
  std::string ImportClient::* text = nullptr;
  std::vector<std::string> ImportClient::* list = nullptr;  // neither: the lifetime
};

constexpr std::array kFields{
    Field{"client_id", check_client_id, &ImportClient::client_id},
    Field{"grants", check_grant, nullptr, &ImportClient::grants},
    Field{"scopes", check_scope, nullptr, &ImportClient::scopes},
    Field{"audiences", check_audience, nullptr, &ImportClient::audiences},
    Field{"alg", check_alg, &ImportClient::alg},
    Field{"ttl"},
    Field{"tenant", check_tenant, &ImportClient::tenant},
    Field{"introspect", check_introspect, nullptr, &ImportClient::introspect},
    Field{"client_secret", given_secret_fault, &ImportClient::client_secret},
    Field{"password", given_password_fault, &ImportClient::password},
};

std::string fault_of(const Field& field, std::string_view expected) {
  return fmt::format("{}: {}", field.name, expected);
}

std::string set_text(ImportClient& to, const Field& field, std::string_view value) {
  if (const std::string_view expected = field.check(value); !expected.empty()) return fault_of(field, expected);
  to.*field.text = value;
  return {};
}

// Adds the elements of `value`, which are separated by spaces.
std::string add_elements(ImportClient& to, const Field& field, std::string_view value) {
  while (!value.empty()) {
    const size_t end = std::min(value.find(' '), value.size());
    const std::string_view element = value.substr(0, end);
    value.remove_prefix(std::min(end + 1, value.size()));
    if (element.empty()) continue;
    if (const std::string_view expected = field.check(element); !expected.empty()) return fault_of(field, expected);
    (to.*field.list).emplace_back(element);
  }
  return {};
}

std::string set_ttl(ImportClient& to, const Field& field, std::optional<int64_t> seconds) {
  if (!seconds || *seconds < 0 || *seconds > kAccessTokenLifetimeMaxS) {
    return fault_of(field, "expected whole seconds from 0 (the server's default) to 86400");
  }
  to.ttl_s = static_cast<uint32_t>(*seconds);
  return {};
}

void write_list(JsonWriter& to, const std::vector<std::string>& values) {
  to.begin_array();
  for (const std::string& value : values) to.string(value);
  to.end_array();
}

}  // namespace

void ImportClient::clear() {
  line = 0;
  ttl_s.reset();
  for (std::string* text : {&client_id, &alg, &tenant, &client_secret, &password}) text->clear();
  for (std::vector<std::string>* list : {&grants, &scopes, &audiences, &introspect}) list->clear();
}

std::optional<size_t> import_field(std::string_view name) {
  for (size_t i = 0; i < kFields.size(); ++i) {
    if (kFields[i].name == name) return i;
  }
  return std::nullopt;
}

std::string unknown_field_text(std::string_view name) {
  std::array<std::string_view, kFields.size()> known;
  std::transform(kFields.begin(), kFields.end(), known.begin(), [](const Field& field) { return field.name; });
  const std::string_view nearest = likely_name(name, known);
  if (!nearest.empty()) return fmt::format("unknown member `{}`; did you mean `{}`?", name, nearest);
  return fmt::format("unknown member `{}`; known are {}", name, fmt::join(known, ", "));
}

std::string set_from_json(ImportClient& to, size_t index, const JsonValue& value) {
  const Field& field = kFields[index];
  if (value.is_null()) return {};
  const std::string* text = value.as_string();
  if (field.text != nullptr) {
    return text == nullptr ? fault_of(field, "expected a string") : set_text(to, field, *text);
  }
  if (field.list == nullptr) return set_ttl(to, field, value.as_integer());
  if (text != nullptr) return add_elements(to, field, *text);
  const JsonValue::Array* elements = value.as_array();
  if (elements == nullptr) return fault_of(field, "expected an array of strings");
  for (const JsonValue& element : *elements) {
    const std::string* one = element.as_string();
    if (one == nullptr) return fault_of(field, "expected an array of strings");
    if (const std::string_view expected = field.check(*one); !expected.empty()) return fault_of(field, expected);
    (to.*field.list).push_back(*one);
  }
  return {};
}

std::string set_from_text(ImportClient& to, size_t index, std::string_view text) {
  const Field& field = kFields[index];
  if (text.empty()) return {};
  if (field.text != nullptr) return set_text(to, field, text);
  if (field.list != nullptr) return add_elements(to, field, text);
  int64_t seconds = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  const bool whole = error == std::errc{} && stop == text.data() + text.size();
  return set_ttl(to, field, whole ? std::optional(seconds) : std::nullopt);
}

std::string_view record_fault(const ImportClient& client) {
  if (client.client_id.empty()) return "client_id: expected on every line";
  if (has_repeated(client.grants)) return "grants: expected each once";
  size_t scope_size = 0;
  for (const std::string& scope : client.scopes) scope_size += scope.size() + 1;
  if (client.scopes.size() > kScopeTokensMax || scope_size > kScopeSizeMax) {
    return "scopes: expected at most 256, of 4096 characters in all";
  }
  if (has_repeated(client.scopes)) return "scopes: expected each once";
  for (const auto* list : {&client.audiences, &client.introspect}) {
    if (list->size() > kAudiencesMax) return "audiences, introspect: expected at most 16";
    if (has_repeated(*list)) return "audiences, introspect: expected each once";
  }
  const bool all = std::find(client.introspect.begin(), client.introspect.end(), "*") != client.introspect.end();
  if (all && client.introspect.size() != 1) return "introspect: expected `*` alone";
  const auto algorithm = parse_jws_algorithm(client.alg);
  if (algorithm && is_symmetric(*algorithm) && client.audiences.size() != 1) {
    return "alg: expected exactly one audience, since an HMAC key belongs to one resource server";
  }
  return "";
}

void write_import_client(JsonWriter& to, const ImportClient& client, std::string_view secret) {
  to.begin_object();
  to.member("client_id", client.client_id);
  if (!client.grants.empty()) to.key("grants"), write_list(to, client.grants);
  if (!client.scopes.empty()) to.key("scopes"), write_list(to, client.scopes);
  if (!client.audiences.empty()) to.key("audiences"), write_list(to, client.audiences);
  if (!client.alg.empty()) to.member("alg", client.alg);
  if (client.ttl_s) to.member_integer("ttl", *client.ttl_s);
  if (!client.tenant.empty()) to.member("tenant", client.tenant);
  if (!client.introspect.empty()) to.key("introspect"), write_list(to, client.introspect);
  if (!secret.empty()) to.member("client_secret", secret);
  if (!client.password.empty()) to.member("password", client.password);
  to.end_object();
}

size_t wire_size_max(const ImportClient& client) {
  // Every character may need a backslash; control characters, which would take six, have been refused.
  size_t characters = client.client_id.size() + client.alg.size() + client.tenant.size() + client.password.size() +
                      std::max(client.client_secret.size(), kGeneratedSecretSizeMax);
  size_t elements = 0;
  for (const auto* list : {&client.grants, &client.scopes, &client.audiences, &client.introspect}) {
    for (const std::string& element : *list) characters += element.size();
    elements += list->size();
  }
  return kMemberNamesSize + 2 * characters + 3 * elements;
}

}  // namespace signet::ctl
