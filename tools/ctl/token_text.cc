#include "tools/ctl/token_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "protocol/base/base64url.h"
#include "protocol/base/time_text.h"
#include "tools/ctl/table.h"
#include "tools/ctl/time_text.h"

namespace signet::ctl {
namespace {

// The claims that are NumericDates (RFC 7519 section 4.1, OpenID Connect Core section 2).
constexpr std::array<std::string_view, 4> kDates{"exp", "iat", "nbf", "auth_time"};

std::expected<JsonValue, Failure> decode_part(std::string_view part, std::string_view name) {
  std::vector<uint8_t> octets(base64url_decoded_size_max(part.size()));
  const auto size = base64url_decode(part, octets);
  if (!size) return std::unexpected(Failure{fmt::format("the token's {} is not base64url", name)});
  JsonReadOptions options;
  options.allow_fractions = true;
  options.allow_nul = true;
  auto value = read_json(as_text(ByteSpan(octets).first(*size)), options);
  if (!value) return std::unexpected(Failure{fmt::format("the token's {}: {}", name, describe(value.error()))});
  if (value->as_object() == nullptr) {
    return std::unexpected(Failure{fmt::format("the token's {} is not a JSON object", name)});
  }
  return *std::move(value);
}

void add_members(NamedValues& lines, const JsonValue& object, std::string_view prefix, UnixSeconds now) {
  for (const JsonMember& member : *object.as_object()) {
    std::string value = display_json(member.value);
    const auto date = member.value.as_integer();
    if (date && std::find(kDates.begin(), kDates.end(), member.name) != kDates.end()) {
      value = fmt::format("{}  {}", rfc3339(*date), relative_time(*date, now));
      if (member.name == "exp" && *date <= now) value += "  EXPIRED";
    }
    lines.add(fmt::format("{}{}", prefix, member.name), value);
  }
}

}  // namespace

std::expected<DecodedToken, Failure> decode_token(std::string_view token) {
  if (token.empty()) return std::unexpected(Failure{"no token on stdin"});
  if (token.size() > kTokenSizeMax) return std::unexpected(Failure{"the token is larger than 8 KiB"});
  if (std::count(token.begin(), token.end(), '.') != 2) {
    return std::unexpected(Failure{"not a compact JWS: expected three parts with dots between them"});
  }
  const size_t first = token.find('.');
  const size_t second = token.find('.', first + 1);
  auto header = decode_part(token.substr(0, first), "header");
  if (!header) return std::unexpected(header.error());
  auto claims = decode_part(token.substr(first + 1, second - first - 1), "claims");
  if (!claims) return std::unexpected(claims.error());
  return DecodedToken{*std::move(header), *std::move(claims)};
}

std::string token_details(const DecodedToken& token, UnixSeconds now) {
  NamedValues lines;
  add_members(lines, token.header, "header ", now);
  add_members(lines, token.claims, "", now);
  return lines.render();
}

std::string token_json(const DecodedToken& token, const TokenVerdict& verdict) {
  return compose_json([&](JsonWriter& to) {
    to.begin_object();
    to.member_boolean("verified", verdict.verified);
    if (verdict.verified) to.member("kid", verdict.kid);
    if (verdict.tried && !verdict.verified) to.member("reason", verdict.reason);
    to.key("header");
    write_value(to, token.header);
    to.key("claims");
    write_value(to, token.claims);
    to.end_object();
  });
}

}  // namespace signet::ctl
