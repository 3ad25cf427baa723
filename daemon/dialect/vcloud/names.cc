#include "daemon/dialect/vcloud/names.h"

#include <algorithm>

#include "daemon/dialect/template_values.h"
#include "keystore/grants/api_token.h"
#include "protocol/base/digest.h"
#include "protocol/base/utf8.h"

namespace signet {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";

}  // namespace

std::optional<std::string> uuid_of_urn(std::string_view urn, std::string_view prefix) {
  if (!urn.starts_with(prefix)) return std::nullopt;
  return read_uuid(urn.substr(prefix.size()));
}

std::string digest_name(std::initializer_list<std::string_view> texts) {
  std::string all;
  for (const std::string_view text : texts) {
    all.append(std::to_string(text.size())).push_back(':');
    all.append(text);
  }
  const Sha256Digest digest = sha256(as_bytes(all));
  std::string out;
  for (size_t i = 0; i < 16; ++i) {
    out.push_back(kHex[digest[i] >> 4]);
    out.push_back(kHex[digest[i] & 15]);
  }
  return out;
}

std::string user_urn(const TenantKeys& tenant, std::string_view client_id) {
  return "urn:vcloud:user:" + uuid_text(client_key_of(tenant.name, client_id));
}

std::string org_urn(const TenantKeys& tenant) { return "urn:vcloud:org:" + uuid_text(tenant_key_of(tenant.name)); }

void write_reference(JsonWriter& json, JsonName member, std::string_view name, std::string_view id) {
  json.key(member);
  json.begin_object();
  json.member("name", name);
  json.member("id", id);
  json.end_object();
}

bool plain_vcloud_text(std::string_view text, size_t max) {
  const auto control = [](char c) { return static_cast<uint8_t>(c) < 0x20 || c == 0x7F; };
  return text.size() <= max && valid_utf8(text) && std::ranges::none_of(text, control);
}

bool valid_vcloud_name(std::string_view name) { return !name.empty() && plain_vcloud_text(name, kApiTokenNameSizeMax); }

}  // namespace signet
