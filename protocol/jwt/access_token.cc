#include "protocol/jwt/access_token.h"

#include <charconv>
#include <cstring>
#include <initializer_list>

#include "protocol/base/base64url.h"
#include "protocol/base/check.h"
#include "protocol/base/copy_text.h"
#include "protocol/json/unescaped.h"
#include "protocol/json/writer.h"

namespace signet {
namespace {

// Decimal digits of an int64_t and its sign.
constexpr size_t kIntegerSizeMax = 20;
// All member names, quotation marks, commas and both integers; brackets of the audience. Generous, checked by tests.
constexpr size_t kFixedSizeMax = 160 + 2 * kIntegerSizeMax;

bool escape_free(std::string_view text) { return escape_free_prefix(text) == text.size(); }

// Appends without looking at the room: the caller has made sure of it.
class Appender {
 public:
  explicit Appender(char* to) : to_(to) {}
  Appender& text(std::string_view text) {
    copy_text(to_, text);
    to_ += text.size();
    return *this;
  }
  Appender& integer(int64_t value) {
    to_ = std::to_chars(to_, to_ + kIntegerSizeMax, value).ptr;
    return *this;
  }
  const char* at() const { return to_; }

 private:
  char* to_;
};

void append_audience(Appender& to, std::span<const std::string_view> audience) {
  if (audience.size() == 1) {  // RFC 7519 4.1.3: one audience may be a string
    to.text(R"(,"aud":")").text(audience.front()).text("\"");
    return;
  }
  to.text(R"(,"aud":[)");
  for (size_t i = 0; i < audience.size(); ++i) to.text(i == 0 ? "\"" : ",\"").text(audience[i]).text("\"");
  to.text("]");
}

// The common case: nothing needs escaping and the room is ample, so that the text is copied together.
size_t append_claims(const AccessTokenClaims& claims, char* out) {
  Appender to(out);
  to.text(R"({"iss":")").text(claims.issuer).text(R"(","sub":")").text(claims.subject).text("\"");
  append_audience(to, claims.audience);
  to.text(R"(,"client_id":")").text(claims.client_id);
  if (!claims.scope.empty()) to.text(R"(","scope":")").text(claims.scope);
  to.text(R"(","iat":)").integer(claims.issued_at).text(R"(,"exp":)").integer(claims.expires_at);
  to.text(R"(,"jti":")").text(claims.jti);
  if (!claims.family.empty()) to.text(R"(","sid":")").text(claims.family);
  to.text("\"");
  if (!claims.extra_members.empty()) to.text(",").text(claims.extra_members);
  to.text("}");
  return static_cast<size_t>(to.at() - out);
}

// The general case, octet by octet as careful as the writer is.
size_t write_claims(const AccessTokenClaims& claims, std::span<char> out) {
  JsonWriter json(out);
  json.begin_object();
  json.member("iss", claims.issuer);
  json.member("sub", claims.subject);
  json.key("aud");
  if (claims.audience.size() == 1) {
    json.string(claims.audience.front());
  } else {
    json.begin_array();
    for (const std::string_view one : claims.audience) json.string(one);
    json.end_array();
  }
  json.member("client_id", claims.client_id);
  if (!claims.scope.empty()) json.member("scope", claims.scope);
  json.member_integer("iat", claims.issued_at);
  json.member_integer("exp", claims.expires_at);
  json.member("jti", claims.jti);
  if (!claims.family.empty()) json.member("sid", claims.family);
  json.raw_members(claims.extra_members);
  json.end_object();
  return json.size();
}

}  // namespace

void write_jti(UnixMs now, std::span<const uint8_t, 10> random, char* out) {
  std::array<uint8_t, 16> octets;
  for (size_t i = 0; i < 6; ++i) octets[i] = static_cast<uint8_t>(static_cast<uint64_t>(now) >> (40 - 8 * i));
  std::memcpy(octets.data() + 6, random.data(), random.size());
  static_assert(base64url_encoded_size(octets.size()) == kJtiSize);
  base64url_encode(octets, out);
}

std::optional<UnixMs> jti_time_ms(std::string_view jti) {
  std::array<uint8_t, 16> octets;
  if (jti.size() != kJtiSize || !base64url_decode(jti, octets)) return std::nullopt;
  UnixMs time_ms = 0;
  for (size_t i = 0; i < 6; ++i) time_ms = time_ms << 8 | octets[i];
  return time_ms;
}

size_t write_access_token_claims(const AccessTokenClaims& claims, std::span<char> out) {
  SIGNET_CHECK(!claims.audience.empty());
  size_t size_max = kFixedSizeMax + claims.extra_members.size();
  bool plain = true;
  for (const std::string_view text :
       {claims.issuer, claims.subject, claims.client_id, claims.scope, claims.jti, claims.family}) {
    size_max += text.size();
    plain = plain && escape_free(text);
  }
  for (const std::string_view text : claims.audience) {
    size_max += text.size() + 3;
    plain = plain && escape_free(text);
  }
  if (plain && size_max <= out.size()) return append_claims(claims, out.data());
  return write_claims(claims, out);
}

std::string encode_access_token_header(JwsAlgorithm algorithm, std::string_view kid) {
  std::array<char, 256> text;
  JsonWriter json(text);
  json.begin_object();
  json.member("alg", jws_algorithm_name(algorithm));
  json.member("typ", kAccessTokenType);  // RFC 9068 section 2.1
  json.member("kid", kid);
  json.end_object();
  SIGNET_CHECK(!json.overflowed());
  return base64url_text(as_bytes(json.text()));
}

size_t write_signing_input(std::string_view encoded_header, ByteSpan claims_json, std::span<char> out) {
  const size_t size = encoded_header.size() + 1 + base64url_encoded_size(claims_json.size());
  if (size > out.size()) return 0;
  std::memcpy(out.data(), encoded_header.data(), encoded_header.size());
  out[encoded_header.size()] = '.';
  base64url_encode(claims_json, out.data() + encoded_header.size() + 1);
  return size;
}

}  // namespace signet
