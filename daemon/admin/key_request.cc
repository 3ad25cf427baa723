#include "daemon/admin/key_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

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

namespace {

constexpr size_t kLabelSizeMax = 128;
constexpr size_t kObjectIdSizeMax = 64;

// Octets in hexadecimal, in either case; nothing when malformed or of another size.
std::optional<std::vector<uint8_t>> read_object_id(std::string_view text) {
  if (text.empty() || text.size() % 2 != 0 || text.size() > 2 * kObjectIdSizeMax) return std::nullopt;
  std::vector<uint8_t> id(text.size() / 2);
  for (size_t i = 0; i < id.size(); ++i) {
    const char* const end = text.data() + 2 * i + 2;
    if (std::from_chars(end - 2, end, id[i], 16).ptr != end) return std::nullopt;
  }
  return id;
}

}  // namespace

std::string read_token_place(const JsonMember& member, KeyPurpose& purpose) {
  const JsonValue::Object* members = member.value.as_object();
  if (members == nullptr) return "pkcs11: expected an object";
  TokenPlace& place = purpose.token.emplace();
  for (const JsonMember& one : *members) {
    const std::string* text = one.value.as_string();
    if (one.name == "label") {
      const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20; };
      if (text == nullptr || text->empty() || text->size() > kLabelSizeMax || std::ranges::any_of(*text, control)) {
        return fmt::format("pkcs11.label: expected 1 to {} octets of text", kLabelSizeMax);
      }
      place.label = *text;
    } else if (one.name == "id") {
      auto id = text == nullptr ? std::nullopt : read_object_id(*text);
      if (!id) return fmt::format("pkcs11.id: expected the CKA_ID, 1 to {} octets in hexadecimal", kObjectIdSizeMax);
      place.adopt = *std::move(id);
    } else {
      return fmt::format("unknown member \"pkcs11.{}\"", one.name);
    }
  }
  if (!place.label.empty() && !place.adopt.empty()) return "pkcs11.label: an object that is there keeps its label";
  return {};
}

std::string key_request_fault(const KeyRequest& key) {
  const KeyPurpose& purpose = key.purpose;
  if (purpose.token && is_symmetric(purpose.algorithm)) {
    return "alg: an HMAC key cannot live in a token: its resource server needs the secret itself";
  }
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
