#include "daemon/admin/key_request.h"

#include <fmt/format.h>

#include "keystore/keys/key_set.h"
#include "protocol/oauth/token_request.h"

namespace signet {

std::string read_key_member(const JsonMember& member, KeyRequest& key) {
  const std::string* text = member.value.as_string();
  if (member.name == "tenant") {
    if (text == nullptr) return "tenant: expected the name of a tenant";
    key.tenant = *text;
  } else if (member.name == "alg") {
    auto algorithm = text == nullptr ? std::nullopt : parse_jws_algorithm(*text);
    if (!algorithm) return "alg: expected EdDSA, Ed25519, ES256, PS256, RS256, HS256, HS384 or HS512";
    key.purpose.algorithm = *algorithm;
  } else if (member.name == "audience") {
    if (text == nullptr || !valid_resource_uri(*text)) return "audience: expected an absolute URI without fragment";
    key.purpose.audience = *text;
  } else if (member.name == "dialect") {
    if (text == nullptr || !valid_dialect_name(*text)) return "dialect: expected 1 to 32 of a-z0-9-, a letter first";
    key.purpose.dialect = *text;
  } else if (member.name == "bits") {
    auto bits = member.value.as_integer();
    if (!bits || (*bits != 2048 && *bits != 3072 && *bits != 4096)) return "bits: expected 2048, 3072 or 4096";
    key.purpose.bits = static_cast<int>(*bits);
  } else {
    return fmt::format("unknown member \"{}\"", member.name);
  }
  return {};
}

std::string key_request_fault(const KeyRequest& key) {
  const KeyPurpose& purpose = key.purpose;
  if (!purpose.dialect.empty() && !purpose.audience.empty()) {
    return "audience: a dialect's key belongs to no audience";
  }
  if (is_symmetric(purpose.algorithm) && purpose.audience.empty() && purpose.dialect.empty()) {
    return "audience: an HMAC key belongs to one audience, which must be named";
  }
  if (!is_symmetric(purpose.algorithm) && !purpose.audience.empty()) {
    return "audience: only HMAC keys belong to an audience";
  }
  if (!is_rsa(purpose.algorithm) && purpose.bits != 0) {
    return "bits: only RSA keys have a size to choose";
  }
  return {};
}

std::string no_tenant_text(std::string_view name) { return fmt::format("there is no tenant \"{}\"", name); }

}  // namespace signet
