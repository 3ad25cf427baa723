#include "protocol/dialect/dialect_claims.h"

#include <algorithm>
#include <optional>
#include <span>

#include "protocol/base/base64url.h"
#include "protocol/base/check.h"
#include "protocol/base/utf8.h"
#include "protocol/jose/jws.h"
#include "protocol/json/reader.h"
#include "protocol/jwt/access_token.h"

namespace signet {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// Exactly what ${...|hex} and |uuid write: lower case, hyphens where they belong.
bool decode_octets(std::string_view text, DialectClaimForm form, std::span<uint8_t, 16> out) {
  const bool uuid = form == DialectClaimForm::kUuid;
  if (text.size() != (uuid ? 36U : 32U)) return false;
  size_t at = 0;
  for (size_t i = 0; i < out.size(); ++i) {
    if (uuid && (i == 4 || i == 6 || i == 8 || i == 10) && text[at++] != '-') return false;
    const int high = hex_digit(text[at]);
    const int low = hex_digit(text[at + 1]);
    if (high < 0 || low < 0) return false;
    out[i] = static_cast<uint8_t>(high << 4 | low);
    at += 2;
  }
  return true;
}

bool decode_text(const std::string& text, DialectClaimForm form, std::string& out) {
  if (form == DialectClaimForm::kPlain) {
    out = text;
    return !out.empty();
  }
  std::string decoded(base64url_decoded_size_max(text.size()), '\0');
  const MutableByteSpan to{reinterpret_cast<uint8_t*>(decoded.data()), decoded.size()};
  const auto size = form == DialectClaimForm::kBase64 ? base64_decode(text, to) : base64url_decode(text, to);
  if (!size || *size == 0) return false;
  decoded.resize(*size);
  out = std::move(decoded);
  return valid_utf8(out);
}

bool read_identity(const DialectClaimNames& names, const JsonValue& claims, DialectClaims& out) {
  const std::string* text = claims.find_string(names.identity);
  if (text == nullptr) return false;
  out.kind = names.identity_kind;
  out.identity.clear();
  if (names.identity_kind == DialectIdentity::kKeyId) return decode_octets(*text, names.identity_form, out.key_id);
  return decode_text(*text, names.identity_form, out.identity);
}

bool read_jti(const DialectClaimNames& names, const JsonValue& claims, std::string& out) {
  out.clear();
  if (names.jti.empty()) return true;
  const std::string* text = claims.find_string(names.jti);
  if (text == nullptr) return false;
  std::array<uint8_t, 16> octets;
  if (names.jti_form == DialectClaimForm::kPlain) {
    if (text->size() != kJtiSize || !base64url_decode(*text, octets)) return false;
    out = *text;
    return true;
  }
  if (!decode_octets(*text, names.jti_form, octets)) return false;
  out.resize(kJtiSize);
  base64url_encode(octets, out.data());
  return true;
}

bool read_date(const JsonValue& claims, std::string_view name, UnixSeconds& out) {
  const JsonValue* value = claims.find(name);
  const auto seconds = value == nullptr ? std::nullopt : value->as_integer();
  if (!seconds || *seconds < 0) return false;
  out = *seconds;
  return true;
}

bool read_dates(const DialectToken& token, const JsonValue& claims, DialectClaims& out) {
  if (!read_date(claims, token.names.expires_at, out.expires_at)) return false;
  if (token.names.issued_at.empty()) {
    out.issued_at = out.expires_at - token.lifetime_s;
    return true;
  }
  return read_date(claims, token.names.issued_at, out.issued_at) && out.issued_at < out.expires_at;
}

// A claim that has to begin or end with octets, with something else beside them or not.
bool read_part(const JsonValue& claims, const std::string& name, DialectClaimForm form, bool front,
               std::array<uint8_t, 16>& out) {
  out = {};
  if (name.empty()) return true;
  const std::string* text = claims.find_string(name);
  const size_t size = form == DialectClaimForm::kUuid ? 36 : 32;
  if (text == nullptr || text->size() < size) return false;
  return decode_octets(std::string_view(*text).substr(front ? 0 : text->size() - size, size), form, out);
}

}  // namespace

bool read_dialect_claims(const Dialect& dialect, std::string_view json, DialectClaims& out) {
  SIGNET_CHECK(dialect.token.has_value());
  const auto claims = read_json(json, {.size_max = kJwsSizeMax, .allow_fractions = true});
  if (!claims || claims->as_object() == nullptr) return false;
  const DialectToken& token = *dialect.token;
  return read_identity(token.names, *claims, out) && read_dates(token, *claims, out) &&
         read_jti(token.names, *claims, out.jti) &&
         read_part(*claims, token.names.session, token.names.session_form, true, out.session_key) &&
         read_part(*claims, token.names.tenant, token.names.tenant_form, false, out.tenant_key);
}

std::string render_dialect_header(const DialectToken& token, std::string_view kid) {
  std::string json(kJwsSizeMax, '\0');
  json.resize(token.header.render({.alg = jws_algorithm_name(token.alg), .kid = kid}, json));
  return base64url_text(as_bytes(json));
}

}  // namespace signet
