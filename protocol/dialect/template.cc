#include "protocol/dialect/template.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "protocol/base/base64url.h"
#include "protocol/base/check.h"
#include "protocol/base/copy_text.h"
#include "protocol/dialect/template_output.h"
#include "protocol/jwt/access_token.h"

namespace signet {
namespace {

std::string_view at(std::span<const std::string_view> values, size_t index) {
  return index < values.size() ? values[index] : std::string_view();
}

std::string_view text_value(const TemplateInput& input, const TemplatePart& part) {
  switch (part.value) {
    case TemplateValue::kAlg:
      return input.alg;
    case TemplateValue::kKid:
      return input.kid;
    case TemplateValue::kToken:
      return input.token;
    case TemplateValue::kClientId:
      return input.client_id;
    case TemplateValue::kSubject:
      return input.subject;
    case TemplateValue::kScope:
    case TemplateValue::kScopes:
      return input.scope;
    case TemplateValue::kAudience:
      return input.audience;
    case TemplateValue::kIssuer:
      return input.issuer;
    case TemplateValue::kJti:
      return input.jti;
    case TemplateValue::kTenant:
      return input.tenant;
    case TemplateValue::kRefreshToken:
      return input.refresh_token;
    case TemplateValue::kError:
      return input.error;
    case TemplateValue::kErrorDescription:
      return input.error_description;
    case TemplateValue::kPath:
      return at(input.path, part.index);
    case TemplateValue::kRequest:
      return at(input.request, part.index);
    default:
      return {};
  }
}

int64_t number_value(const TemplateInput& input, TemplateValue value) {
  switch (value) {
    case TemplateValue::kIssuedAt:
      return input.issued_at;
    case TemplateValue::kExpiresAt:
      return input.expires_at;
    case TemplateValue::kLifetime:
      return input.lifetime_s;
    default:
      return input.status;
  }
}

int64_t time_number(UnixSeconds instant, TemplateFilter filter) {
  constexpr int64_t kSecondsMax = 9'000'000'000'000;  // milliseconds stay below 2^53
  return filter == TemplateFilter::kMs ? std::clamp(instant, -kSecondsMax, kSecondsMax) * 1000 : instant;
}

void put_number(int64_t number, TemplateOutput& out) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.put({digits.data(), static_cast<size_t>(end - digits.data())});
}

void put_iso8601(UnixSeconds instant, TemplateEscape escape, TemplateOutput& out) {
  // Years 0001 to 9999; what lies outside has no such text.
  const auto seconds = std::chrono::seconds(std::clamp<int64_t>(instant, -62'135'596'800, 253'402'300'799));
  const auto day = std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds(seconds));
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::sys_seconds(seconds) - day);
  std::array<char, 20> text{};
  char* to = text.data();
  auto digits = [&](unsigned number, int count, char after) {
    for (int i = count - 1; i >= 0; --i, number /= 10) to[i] = static_cast<char>('0' + number % 10);
    to[count] = after;
    to += count + 1;
  };
  digits(static_cast<unsigned>(static_cast<int>(date.year())), 4, '-');
  digits(static_cast<unsigned>(date.month()), 2, '-');
  digits(static_cast<unsigned>(date.day()), 2, 'T');
  digits(static_cast<unsigned>(time.hours().count()), 2, ':');
  digits(static_cast<unsigned>(time.minutes().count()), 2, ':');
  digits(static_cast<unsigned>(time.seconds().count()), 2, 'Z');
  out.put({text.data(), text.size()}, escape);
}

// No filter's result but that of a text needs an escape in JSON, XML or a header; in a form base64 does.
void put_octets(std::span<const uint8_t, 16> octets, TemplateFilter filter, TemplateOutput& out) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::array<char, 36> text;
  char* to = text.data();
  for (size_t i = 0; i < octets.size(); ++i) {
    if (filter == TemplateFilter::kUuid && (i == 4 || i == 6 || i == 8 || i == 10)) *to++ = '-';
    *to++ = kHex[octets[i] >> 4];
    *to++ = kHex[octets[i] & 15];
  }
  const size_t size = filter == TemplateFilter::kHex24 ? 24 : static_cast<size_t>(to - text.data());
  out.put({text.data(), size});
}

void put_jti(std::string_view jti, const TemplatePart& part, TemplateOutput& out) {
  if (part.filter == TemplateFilter::kNone) return out.put(jti, part.escape);
  std::array<uint8_t, base64url_decoded_size_max(kJtiSize)> octets;
  if (jti.size() != kJtiSize || base64url_decode(jti, octets) != octets.size()) return;
  put_octets(octets, part.filter, out);
}

constexpr size_t kChunkSize = 48;  // whole groups of base64

// One chunk of text through its filter; `to` has room for 64.
std::string_view filter_chunk(std::string_view chunk, TemplateFilter filter, char* to) {
  if (filter == TemplateFilter::kLower || filter == TemplateFilter::kUpper) {
    const bool lower = filter == TemplateFilter::kLower;
    std::ranges::transform(chunk, to, [&](char c) {
      const bool letter = lower ? c >= 'A' && c <= 'Z' : c >= 'a' && c <= 'z';
      return letter ? static_cast<char>(c ^ 0x20) : c;
    });
    return {to, chunk.size()};
  }
  size_t size = base64url_encode(as_bytes(chunk), to);
  if (filter == TemplateFilter::kBase64) {
    for (size_t i = 0; i < size; ++i) to[i] = to[i] == '-' ? '+' : to[i] == '_' ? '/' : to[i];
    while (size % 4 != 0) to[size++] = '=';
  }
  return {to, size};
}

void put_text(std::string_view text, const TemplatePart& part, TemplateOutput& out) {
  if (part.filter == TemplateFilter::kNone) return out.put(text, part.escape);
  std::array<char, kChunkSize / 3 * 4> filtered;
  while (!text.empty() && !out.overflowed()) {
    const std::string_view chunk = text.substr(0, kChunkSize);
    out.put(filter_chunk(chunk, part.filter, filtered.data()), part.escape);
    text.remove_prefix(chunk.size());
  }
}

// RFC 6749 section 3.3: tokens with single spaces between; more of them make no empty element.
void put_scopes(std::string_view scope, TemplateOutput& out) {
  out.put("[");
  bool first = true;
  while (!scope.empty()) {
    const std::string_view token = scope.substr(0, scope.find(' '));
    scope.remove_prefix(std::min(token.size() + 1, scope.size()));
    if (token.empty()) continue;
    out.put(first ? "\"" : ",\"");
    out.put(token, TemplateEscape::kJson);
    out.put("\"");
    first = false;
  }
  out.put("]");
}

std::span<const uint8_t, 16> octet_value(const TemplateInput& input, TemplateValue value) {
  if (value == TemplateValue::kKeyId) return input.key_id;
  if (value == TemplateValue::kClientKey) return input.client_key;
  return value == TemplateValue::kTenantKey ? input.tenant_key : input.session_key;
}

void put_part(const TemplateInput& input, const TemplatePart& part, TemplateOutput& out) {
  switch (template_value(part.value).kind) {
    case TemplateKind::kText:
      return put_text(text_value(input, part), part, out);
    case TemplateKind::kTime:
      if (part.filter == TemplateFilter::kIso8601)
        return put_iso8601(number_value(input, part.value), part.escape, out);
      return put_number(time_number(number_value(input, part.value), part.filter), out);
    case TemplateKind::kNumber:
      return put_number(number_value(input, part.value), out);
    case TemplateKind::kJson:
      return put_scopes(text_value(input, part), out);
    case TemplateKind::kOctets:
      return put_octets(octet_value(input, part.value), part.filter, out);
    case TemplateKind::kJti:
      return put_jti(text_value(input, part), part, out);
  }
}

}  // namespace

size_t Template::render(const TemplateInput& input, std::span<char> out) const {
  TemplateOutput to(out);
  for (const TemplatePart& part : parts_) {
    if (part.value == TemplateValue::kLiteral) {
      to.put(text_of(part));
    } else {
      put_part(input, part, to);
    }
    if (to.overflowed()) return 0;
  }
  return to.size();
}

void Template::append_literal(std::string_view text) {
  if (text.empty()) return;
  if (parts_.empty() || parts_.back().value != TemplateValue::kLiteral) {
    parts_.push_back({.offset = static_cast<uint32_t>(text_.size())});
  }
  parts_.back().size += static_cast<uint32_t>(text.size());
  text_ += text;
}

void Template::append_value(TemplatePart part) {
  SIGNET_CHECK(part.value != TemplateValue::kLiteral);
  parts_.push_back(part);
  used_ |= 1U << static_cast<unsigned>(part.value);
}

Template fold(const Template& from, const TemplateInput& input, uint32_t known) {
  Template folded;
  for (const TemplatePart& part : from.parts()) {
    if (part.value == TemplateValue::kLiteral) {
      folded.append_literal(from.text_of(part));
    } else if ((known >> static_cast<unsigned>(part.value) & 1) == 0) {
      folded.append_value(part);
    } else {
      Template one;
      one.append_value(part);
      // An octet takes eight at most, as an XML entity; what is no text fits into 64.
      std::string text(64 + 8 * text_value(input, part).size(), '\0');
      folded.append_literal(std::string_view(text).substr(0, one.render(input, text)));
    }
  }
  return folded;
}

}  // namespace signet
