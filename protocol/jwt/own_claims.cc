#include "protocol/jwt/own_claims.h"

#include <algorithm>

#include "protocol/jose/jws.h"
#include "protocol/json/reader.h"
#include "protocol/json/unescaped.h"

namespace signet {
namespace {

// Fifteen digits stay below 2^53, so that no reader rounds them.
constexpr size_t kDigitsMax = 15;
constexpr size_t kExtraMembersMax = 16;

// Names that Signet writes itself or that are read where they stand: none of them may come again among the extra ones.
constexpr std::array<std::string_view, 10> kKnownNames{"iss", "sub", "aud", "client_id", "scope",
                                                       "iat", "exp", "jti", "sid",       "nbf"};

// Reads front to back; the first thing that is not as expected ends it.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  bool done() const { return at_ == end_; }
  bool next_is(char c) const { return at_ != end_ && *at_ == c; }
  bool skip(std::string_view literal) {
    const std::string_view rest = remaining();
    if (!rest.starts_with(literal)) return false;
    at_ += literal.size();
    return true;
  }

  // The rest of a text whose opening quotation mark was taken: ASCII, without escapes, not empty.
  bool text_tail(std::string_view& out) {
    const std::string_view rest = remaining();
    const size_t size = plain_ascii_prefix(rest);
    if (size == 0 || size == rest.size() || rest[size] != '"') return false;
    out = rest.substr(0, size);
    at_ += size + 1;
    return true;
  }
  bool text(std::string_view& out) { return skip("\"") && text_tail(out); }

  // A whole number from 0 as JSON writes it.
  bool number(int64_t& out) {
    const char* begin = at_;
    int64_t value = 0;
    while (at_ != end_ && *at_ >= '0' && *at_ <= '9') {
      if (static_cast<size_t>(at_ - begin) == kDigitsMax) return false;
      value = value * 10 + (*at_++ - '0');
    }
    if (at_ == begin || (*begin == '0' && at_ - begin > 1)) return false;
    out = value;
    return true;
  }

 private:
  std::string_view remaining() const { return {at_, static_cast<size_t>(end_ - at_)}; }

  const char* at_;
  const char* end_;
};

bool audience(Cursor& in, OwnClaims& out) {
  out.audience_count = 0;
  if (in.skip("\"")) {
    out.audience_count = 1;
    return in.text_tail(out.audience_values[0]);
  }
  if (!in.skip("[")) return false;
  do {
    if (out.audience_count == kOwnAudiencesMax || !in.text(out.audience_values[out.audience_count])) return false;
    ++out.audience_count;
  } while (in.skip(","));
  return in.skip("]");
}

bool extra_value(Cursor& in) {
  std::string_view text;
  int64_t number = 0;
  if (in.skip("\"")) return in.skip("\"") || in.text_tail(text);
  if (in.skip("true") || in.skip("false") || in.skip("null")) return true;
  if (in.skip("{")) return in.text(text) && in.skip(":") && in.text(text) && in.skip("}");
  in.skip("-");
  return in.number(number);
}

// The members behind Signet's own, each after a comma.
bool extra_members(Cursor& in) {
  std::array<std::string_view, kExtraMembersMax> names;
  size_t count = 0;
  while (in.skip(",")) {
    std::string_view name;
    if (count == names.size() || !in.text(name)) return false;
    const auto end = names.begin() + static_cast<ptrdiff_t>(count);
    if (std::find(kKnownNames.begin(), kKnownNames.end(), name) != kKnownNames.end() ||
        std::find(kIntrospectionOwnNames.begin(), kIntrospectionOwnNames.end(), name) != kIntrospectionOwnNames.end() ||
        std::find(names.begin(), end, name) != end) {
      return false;
    }
    names[count++] = name;
    if (!in.skip(":") || !extra_value(in)) return false;
  }
  return true;
}

// A required text that is not empty.
bool read_text(const JsonValue& claims, std::string_view name, std::string_view& out) {
  const std::string* text = claims.find_string(name);
  if (text == nullptr || text->empty()) return false;
  out = *text;
  return true;
}

bool read_optional_text(const JsonValue& claims, std::string_view name, std::string_view& out) {
  out = {};
  return claims.find(name) == nullptr || read_text(claims, name, out);
}

bool read_date(const JsonValue& claims, std::string_view name, UnixSeconds& out) {
  const JsonValue* value = claims.find(name);
  const auto seconds = value == nullptr ? std::nullopt : value->as_integer();
  if (!seconds || *seconds < 0) return false;
  out = *seconds;
  return true;
}

// RFC 7519 4.1.3: one string or an array of strings.
bool read_audience(const JsonValue& claims, OwnClaims& out) {
  const JsonValue* value = claims.find("aud");
  out.audience_count = 0;
  if (value == nullptr) return false;
  if (const std::string* one = value->as_string()) {
    out.audience_values[out.audience_count++] = *one;
    return !one->empty();
  }
  const JsonValue::Array* array = value->as_array();
  if (array == nullptr || array->empty() || array->size() > kOwnAudiencesMax) return false;
  for (const JsonValue& entry : *array) {
    if (entry.as_string() == nullptr || entry.as_string()->empty()) return false;
    out.audience_values[out.audience_count++] = *entry.as_string();
  }
  return true;
}

}  // namespace

std::optional<JsonValue> read_claims_json(std::string_view json) {
  auto claims = read_json(json, {.size_max = kJwsSizeMax, .allow_fractions = true});
  if (!claims) return std::nullopt;
  return *std::move(claims);
}

bool read_own_claims(std::string_view json, OwnClaims& out) {
  Cursor in(json);
  out.scope = out.family = {};
  out.not_before = 0;
  if (!in.skip(R"({"iss":")") || !in.text_tail(out.issuer)) return false;
  if (!in.skip(R"(,"sub":")") || !in.text_tail(out.subject)) return false;
  if (!in.skip(R"(,"aud":)") || !audience(in, out)) return false;
  if (!in.skip(R"(,"client_id":")") || !in.text_tail(out.client_id)) return false;
  if (in.skip(R"(,"scope":")") && !in.text_tail(out.scope)) return false;
  if (!in.skip(R"(,"iat":)") || !in.number(out.issued_at)) return false;
  if (!in.skip(R"(,"exp":)") || !in.number(out.expires_at)) return false;
  if (!in.skip(R"(,"jti":")") || !in.text_tail(out.jti)) return false;
  if (in.skip(R"(,"sid":")") && !in.text_tail(out.family)) return false;
  return extra_members(in) && in.skip("}") && in.done() && out.issued_at < out.expires_at;
}

bool read_claims(const JsonValue& claims, OwnClaims& out) {
  out.not_before = 0;
  return claims.as_object() != nullptr && read_text(claims, "iss", out.issuer) &&
         read_text(claims, "sub", out.subject) && read_audience(claims, out) &&
         read_text(claims, "client_id", out.client_id) && read_text(claims, "jti", out.jti) &&
         read_optional_text(claims, "scope", out.scope) && read_optional_text(claims, "sid", out.family) &&
         read_date(claims, "iat", out.issued_at) && read_date(claims, "exp", out.expires_at) &&
         out.issued_at < out.expires_at && (claims.find("nbf") == nullptr || read_date(claims, "nbf", out.not_before));
}

}  // namespace signet
