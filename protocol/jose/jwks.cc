// A JWK Set (RFC 7517 section 5).
#include <algorithm>

#include "protocol/jose/jwk.h"
#include "protocol/jose/jwk_read.h"

namespace signet {
namespace {

constexpr size_t kJwksTextSizeMax = 256 * 1024;
constexpr size_t kJwksKeysMax = 100;

bool has_kid(const std::vector<Jwk>& keys, std::string_view kid) {
  return std::any_of(keys.begin(), keys.end(), [kid](const Jwk& key) { return key.kid == kid; });
}

}  // namespace

std::expected<std::vector<Jwk>, JwkError> parse_jwks(std::string_view json) {
  const auto value = read_json(json, {.size_max = kJwksTextSizeMax});
  if (!value) return std::unexpected(jwk_error_of(value.error()));
  if (value->as_object() == nullptr) return std::unexpected(JwkError::kSyntax);
  const JsonValue* list = value->find("keys");
  if (list == nullptr) return std::unexpected(JwkError::kMissingMember);
  if (list->as_array() == nullptr) return std::unexpected(JwkError::kSyntax);
  if (list->as_array()->size() > kJwksKeysMax) return std::unexpected(JwkError::kTooLarge);
  std::vector<Jwk> keys;
  for (const JsonValue& element : *list->as_array()) {
    auto key = read_jwk(element);
    if (!key && key.error() == JwkError::kUnsupported) continue;  // RFC 7517 section 5: for somebody else
    if (!key) return std::unexpected(key.error());
    if (has_kid(keys, key->kid)) return std::unexpected(JwkError::kDuplicateMember);
    keys.push_back(std::move(*key));
  }
  return keys;
}

std::string write_jwks(std::span<const Jwk> keys) {
  std::string json = R"({"keys":[)";
  for (const Jwk& key : keys) {
    if (&key != keys.data()) json += ',';
    json += write_jwk(key);
  }
  return json + "]}";
}

}  // namespace signet
