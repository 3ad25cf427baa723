#include "daemon/admin/revocation_fields.h"

#include <fmt/format.h>

#include "protocol/jose/jws.h"
#include "protocol/jwt/access_token.h"

namespace signet {
namespace {

constexpr size_t kSubjectSizeMax = 256;  // as tokens are issued with

std::string read_text(const JsonValue& value, size_t size_max, std::string& to) {
  const std::string* text = value.as_string();
  if (text == nullptr || text->empty() || text->size() > size_max) {
    return fmt::format("a text of 1 to {} characters", size_max);
  }
  to = *text;
  return {};
}

std::string read_kind(const JsonValue& value, RevocationFields& fields) {
  const std::string* name = value.as_string();
  const auto kind = name == nullptr ? std::nullopt : revocation_kind_named(*name);
  if (!kind || *kind == RevocationKind::kTokenHash) return "token, family, client, subject, tenant or key";
  fields.kind = *kind;
  return {};
}

std::string read_time(const JsonValue& value, RevocationFields& fields) {
  const auto ms = value.as_integer();
  if (!ms || *ms < 1) return "milliseconds since 1970";
  fields.issued_before_ms = *ms;
  return {};
}

std::string read_member(const JsonMember& member, RevocationFields& fields) {
  if (member.name == "token") return read_text(member.value, kJwsSizeMax, fields.token);
  if (member.name == "tenant") return read_text(member.value, 64, fields.tenant);
  if (member.name == "kind") return read_kind(member.value, fields);
  if (member.name == "value") return read_text(member.value, kSubjectSizeMax, fields.value);
  if (member.name == "issued_before_ms") return read_time(member.value, fields);
  return "one of token, tenant, kind, value, issued_before_ms";
}

bool is_id(std::string_view text) {
  return text.size() == kJtiSize &&
         text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
             std::string_view::npos;
}

// What the members say together; empty when that is sound.
std::string fault_of(const RevocationFields& fields) {
  const bool by_kind = fields.kind != RevocationKind{};
  if (by_kind == !fields.token.empty()) return "expected either token, or kind";
  if (!by_kind) {
    const bool more = !fields.value.empty() || fields.issued_before_ms != 0;
    return more ? "a token stands for itself: no value, no issued_before_ms" : "";
  }
  if (fields.value.empty() != (fields.kind == RevocationKind::kTenant)) {
    return "value: required for every kind but tenant, which is named by `tenant`";
  }
  if (fields.kind == RevocationKind::kTenant && fields.tenant.empty()) return "tenant: required for this kind";
  const bool is_single = !is_criterion(fields.kind);
  if (is_single && !is_id(fields.value)) {
    return fmt::format("value: expected {} characters of A-Za-z0-9-_, as the claim {} of a token has", kJtiSize,
                       fields.kind == RevocationKind::kFamily ? "sid" : "jti");
  }
  if (is_single && fields.issued_before_ms != 0) return "issued_before_ms: one token or family has no such time";
  return {};
}

}  // namespace

std::expected<RevocationFields, std::string> read_revocation_fields(const JsonValue& body) {
  RevocationFields fields;
  for (const JsonMember& member : *body.as_object()) {
    const std::string wanted = read_member(member, fields);
    if (!wanted.empty()) return std::unexpected(fmt::format("{}: expected {}", member.name, wanted));
  }
  std::string fault = fault_of(fields);
  if (!fault.empty()) return std::unexpected(std::move(fault));
  return fields;
}

}  // namespace signet
