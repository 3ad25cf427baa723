#include "protocol/dialect/token_compile.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "protocol/base/ascii_case.h"
#include "protocol/base/char_class.h"
#include "protocol/dialect/dialect_claims.h"
#include "protocol/dialect/template_compile.h"
#include "protocol/jose/jose_header.h"
#include "protocol/json/reader.h"
#include "protocol/jwt/access_token.h"

namespace signet {
namespace {

constexpr std::array<std::string_view, 4> kKeys{"alg", "header", "claims", "lifetime_s"};
constexpr std::string_view kDefaultHeader = R"({"typ":"JWT","alg":"${alg}"})";

constexpr std::array kAlgNames =
    std::to_array<std::string_view>({"EdDSA", "Ed25519", "ES256", "PS256", "RS256", "HS256", "HS384", "HS512"});

std::optional<JwsAlgorithm> read_alg(const TableReader& in) {
  if (!in.has("alg")) in.error("alg", "is required");
  const auto text = in.text("alg");
  if (!text) return std::nullopt;
  const auto alg = parse_jws_algorithm(text->text);
  if (!alg) in.error("alg", unknown_name("algorithm", text->text, kAlgNames));
  return alg;
}

// What is wrong with the header of tokens signed by `alg`; empty when nothing is.
std::string header_fault(const Template& header, JwsAlgorithm alg) {
  std::string text(kTemplateSizeMax + 8 * 64, '\0');
  text.resize(header.render({.alg = jws_algorithm_name(alg), .kid = "k"}, text));
  const auto parsed = parse_jose_header(text);
  if (!parsed) return fmt::format("no header of a signed token: {}", jose_header_error_text(parsed.error()));
  if (parsed->algorithm != alg) {
    return fmt::format("its alg is {} where the token's is {}; write \"${{alg}}\"",
                       jws_algorithm_name(parsed->algorithm), jws_algorithm_name(alg));
  }
  // Signet's own checks take tokens of this type: a dialect's must never look like one.
  const std::string typ = lower_copy(parsed->typ);
  if (typ == kAccessTokenType || typ == "application/at+jwt") return "typ at+jwt is that of Signet's own tokens";
  return {};
}

std::optional<Template> compile_header(const TableReader& in, std::optional<JwsAlgorithm> alg) {
  const LocatedText text = in.has("header") ? in.text("header").value_or(LocatedText{})
                                            : LocatedText{std::string(kDefaultHeader), in.line()};
  if (text.text.empty()) {
    if (in.raw("header")->kind == TomlKind::kText) in.error("header", "expected a JSON object");
    return std::nullopt;
  }
  auto header = compile_template(text.text, {.place = TemplatePlace::kHeader});
  if (!header) {
    in.error("header", header.error());
    return std::nullopt;
  }
  const std::string fault = alg ? header_fault(*header, *alg) : "";
  if (!fault.empty()) in.error("header", fault);
  return *std::move(header);
}

// Values that no literal of a template repeats by accident. Neither is a multiple of three octets: base64 with padding
// and without would be the same.
struct Sample {
  std::string client_id =
      "\xEE\x80\x80"
      "a client\xEE\x80\x82";
  std::string subject =
      "\xEE\x80\x80"
      "subject\xEE\x80\x81";
  TemplateInput input{.client_id = client_id,
                      .subject = subject,
                      .jti = "7vCfj1kq0nHvGxM2aZbP4Q",
                      .issued_at = 4'102'444'799,
                      .expires_at = 4'102'448'399,
                      .key_id = {0xEE, 0x80, 0x80, 0x9F, 0x8F, 0x59, 0x2A, 0xD2, 0x71, 0xEF, 1, 2, 3, 4, 5, 6},
                      .tenant_key = {0xEE, 0x80, 0x81, 0x9F, 0x8F, 0x59, 0x2A, 0xD2, 0x71, 0xEF, 1, 2, 3, 4, 5, 7},
                      .session_key = {0xEE, 0x80, 0x82, 0x9F, 0x8F, 0x59, 0x2A, 0xD2, 0x71, 0xEF, 1, 2, 3, 4, 5, 8}};

  std::string render(TemplateValue value, TemplateFilter filter) const {
    Template one;
    one.append_value({.value = value, .filter = filter});
    std::string text(256, '\0');
    text.resize(one.render(input, text));
    return text;
  }
};

struct IdentityForm {
  DialectIdentity kind;
  DialectClaimForm form;
  TemplateValue value;
  TemplateFilter filter;
};
constexpr IdentityForm kIdentityForms[] = {
    {DialectIdentity::kKeyId, DialectClaimForm::kUuid, TemplateValue::kKeyId, TemplateFilter::kUuid},
    {DialectIdentity::kKeyId, DialectClaimForm::kHex, TemplateValue::kKeyId, TemplateFilter::kHex},
    {DialectIdentity::kClientId, DialectClaimForm::kPlain, TemplateValue::kClientId, TemplateFilter::kNone},
    {DialectIdentity::kClientId, DialectClaimForm::kBase64, TemplateValue::kClientId, TemplateFilter::kBase64},
    {DialectIdentity::kClientId, DialectClaimForm::kBase64Url, TemplateValue::kClientId, TemplateFilter::kBase64Url},
    {DialectIdentity::kSubject, DialectClaimForm::kPlain, TemplateValue::kSubject, TemplateFilter::kNone},
    {DialectIdentity::kSubject, DialectClaimForm::kBase64, TemplateValue::kSubject, TemplateFilter::kBase64},
    {DialectIdentity::kSubject, DialectClaimForm::kBase64Url, TemplateValue::kSubject, TemplateFilter::kBase64Url},
};

// The name of the first member whose whole value is `text`; nothing when there is none.
const std::string* member_with(const JsonValue::Object& members, std::string_view text) {
  for (const JsonMember& member : members)
    if (member.value.as_string() != nullptr && *member.value.as_string() == text) return &member.name;
  return nullptr;
}

std::string member_with(const JsonValue::Object& members, int64_t number) {
  for (const JsonMember& member : members)
    if (member.value.as_integer() == number) return member.name;
  return {};
}

bool find_identity(const JsonValue::Object& members, const Sample& sample, DialectClaimNames& names) {
  for (const IdentityForm& form : kIdentityForms) {
    const std::string* name = member_with(members, sample.render(form.value, form.filter));
    if (name == nullptr) continue;
    names.identity = *name;
    names.identity_kind = form.kind;
    names.identity_form = form.form;
    return true;
  }
  return false;
}

void find_jti(const JsonValue::Object& members, const Sample& sample, DialectClaimNames& names) {
  constexpr std::pair<TemplateFilter, DialectClaimForm> kForms[] = {{TemplateFilter::kNone, DialectClaimForm::kPlain},
                                                                    {TemplateFilter::kHex, DialectClaimForm::kHex},
                                                                    {TemplateFilter::kUuid, DialectClaimForm::kUuid}};
  for (const auto& [filter, form] : kForms) {
    const std::string* name = member_with(members, sample.render(TemplateValue::kJti, filter));
    if (name == nullptr) continue;
    names.jti = *name;
    names.jti_form = form;
    return;
  }
}

// The name and form of the first member that begins (or ends) with these octets.
void find_part(const JsonValue::Object& members, const Sample& sample, TemplateValue value, std::string& name,
               DialectClaimForm& form) {
  constexpr std::pair<TemplateFilter, DialectClaimForm> kForms[] = {{TemplateFilter::kUuid, DialectClaimForm::kUuid},
                                                                    {TemplateFilter::kHex, DialectClaimForm::kHex}};
  for (const auto& [filter, as] : kForms) {
    const std::string part = sample.render(value, filter);
    const auto holds = [&](const JsonMember& member) {
      const std::string* text = member.value.as_string();
      if (text == nullptr) return false;
      return value == TemplateValue::kTenantKey ? text->ends_with(part) : text->starts_with(part);
    };
    const auto at = std::ranges::find_if(members, holds);
    if (at == members.end()) continue;
    name = at->name;
    form = as;
    return;
  }
}

}  // namespace

std::expected<DialectClaimNames, std::string> find_claim_names(const Template& claims) {
  const Sample sample;
  std::string text(kTemplateSizeMax + claims.parts().size() * 256, '\0');
  text.resize(claims.render(sample.input, text));
  const auto json = read_json(text, {.size_max = SIZE_MAX, .allow_fractions = true});
  if (!json || json->as_object() == nullptr) return std::unexpected("expected a JSON object");
  const JsonValue::Object& members = *json->as_object();
  DialectClaimNames names;
  if (!find_identity(members, sample, names)) {
    return std::unexpected(
        "no claim says whose token it is: one at the top must be exactly \"${key_id|uuid}\", \"${key_id|hex}\", "
        "\"${client_id}\" or \"${subject}\" (these two also with |base64 or |base64url)");
  }
  names.expires_at = member_with(members, sample.input.expires_at);
  if (names.expires_at.empty()) {
    return std::unexpected("no claim says when a token ends: one at the top must be exactly ${expires_at}");
  }
  names.issued_at = member_with(members, sample.input.issued_at);
  find_jti(members, sample, names);
  find_part(members, sample, TemplateValue::kSessionKey, names.session, names.session_form);
  find_part(members, sample, TemplateValue::kTenantKey, names.tenant, names.tenant_form);
  return names;
}

std::optional<uint32_t> read_lifetime(const TableReader& in) {
  const auto lifetime = in.integer("lifetime_s", 1, kAccessTokenLifetimeMaxS);
  if (!lifetime) return std::nullopt;
  return static_cast<uint32_t>(*lifetime);
}

std::optional<DialectToken> compile_token(const TomlValue& table, const std::vector<std::string>& captures,
                                          std::vector<std::string>& requests, DialectProblems& problems) {
  const TableReader in(&table, "[token]", kKeys, problems);
  const auto alg = read_alg(in);
  auto header = compile_header(in, alg);
  if (!in.has("lifetime_s")) in.error("lifetime_s", "is required");
  const auto lifetime = read_lifetime(in);
  if (!in.has("claims")) in.error("claims", "is required");
  const auto text = in.text("claims");
  if (!text) return std::nullopt;
  auto claims =
      compile_template(text->text, {.place = TemplatePlace::kClaims, .captures = &captures, .requests = &requests});
  if (!claims) {
    in.error("claims", claims.error());
    return std::nullopt;
  }
  auto names = find_claim_names(*claims);
  if (!names) in.error("claims", names.error());
  if (!names || !alg || !header || !lifetime) return std::nullopt;

  DialectToken token{.alg = *alg,
                     .header = *std::move(header),
                     .encoded_header = {},
                     .claims = *std::move(claims),
                     .lifetime_s = *lifetime,
                     .names = *std::move(names)};
  if (!token.header.uses(TemplateValue::kKid)) token.encoded_header = render_dialect_header(token, {});
  return token;
}

}  // namespace signet
