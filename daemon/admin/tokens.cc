// Tokens: issuance by an administrator, signed with the admin side's own signer, or in a token. Nobody gets a token
// whose audit record is not durable.
#include <fmt/format.h>

#include <array>
#include <memory>

#include "daemon/admin/routes.h"
#include "daemon/admin/token_fields.h"
#include "daemon/admin/token_signature.h"
#include "daemon/endpoint/issuance.h"
#include "daemon/endpoint/issuance_policy.h"
#include "protocol/base/base64url.h"
#include "protocol/base/secret_bytes.h"
#include "protocol/oauth/token_response.h"

namespace signet {
namespace {

using Refusal = std::pair<AdminErrorKind, std::string>;

// What a token is made of; views into the snapshots and the request, so it does not outlive the call.
struct Plan {
  const SigningKey* key;
  TokenContent content;  // but for the audience, which is kept below
  Audience audience;
};

Refusal invalid(std::string text) { return {AdminErrorKind::kInvalid, std::move(text)}; }

std::expected<Plan, Refusal> plan_token(AdminService& admin, const TenantKeys& tenant, const ClientRecord& client,
                                        const TokenFields& fields) {
  if (client.disabled()) return std::unexpected(invalid("the client is disabled"));
  if (const uint32_t longest = longest_ttl_s(tenant.limits, admin.settings().token_ttl_max_s); fields.ttl_s > longest) {
    return std::unexpected(invalid(fmt::format("ttl: tenant {} allows at most {} s", tenant.name, longest)));
  }
  if (fields.refresh && (client.grants() & kGrantRefreshToken) == 0) {
    return std::unexpected(invalid("refresh: the client has not the grant refresh_token"));
  }
  auto scope = narrow_scope(client, fields.scope);
  if (!scope) return std::unexpected(invalid("scope: expected scopes that the client has"));
  std::vector<std::string_view> wanted(fields.audience.begin(), fields.audience.end());
  auto audience = narrow_audience(client, tenant.issuer, wanted);
  if (!audience) return std::unexpected(invalid("audience: expected audiences that the client has"));
  auto key = choose_key(tenant, client, audience->span());
  if (!key) {
    return std::unexpected(
        invalid(key.error() == NoKey::kAudienceCount
                    ? "audience: an HMAC algorithm takes exactly one"
                    : fmt::format("there is no active {} key", jws_algorithm_name(client.algorithm()))));
  }
  return Plan{.key = *key,
              .content = {.tenant = tenant,
                          .client = client,
                          .subject = fields.subject.empty() ? client.client_id() : std::string_view(fields.subject),
                          .scope = *scope,
                          .ttl_s = effective_ttl_s(fields.ttl_s, tenant, client, admin.settings()),
                          .extra_members = fields.extra_members},
              .audience = *audience};
}

// The token up to its signature, empty when it would be too large.
std::string unsigned_token(const SigningKey& key, std::string_view claims) {
  if (claims.empty()) return {};
  std::string token(kTokenSizeMax, '\0');
  const size_t size = write_signing_input(key.encoded_header, as_bytes(claims), token);
  if (size == 0 || size + 1 + base64url_encoded_size(key.signature_size) > token.size()) return {};
  token.resize(size);
  return token;
}

// What follows the token in the answer.
std::string answer_suffix(const Plan& plan, std::string_view refresh_token) {
  std::string suffix(8192, '\0');
  suffix.resize(write_token_response_suffix(
      {.expires_in_s = plan.content.ttl_s, .scope = plan.content.scope, .refresh_token = refresh_token}, suffix));
  return suffix;
}

std::string audit_detail(const Plan& plan, const Jti& jti, UnixMs now) {
  return write_json([&](JsonWriter& json) {
    json.begin_object();
    json.member("client", plan.content.client.client_id());
    json.member("tenant", plan.content.tenant.name);
    json.member("sub", plan.content.subject);
    json.member("jti", std::string_view(jti.data(), jti.size()));
    json.member("kid", plan.key->kid);
    json.member_integer("exp", now / 1000 + plan.content.ttl_s);
    json.key("aud");
    json.begin_array();
    for (std::string_view audience : plan.audience.span()) json.string(audience);
    json.end_array();
    json.member("scope", plan.content.scope);
    json.end_object();
  });
}

// The family of a token that comes with a refresh token, and that token.
struct NewFamily {
  RefreshFamily family;
  std::string token;
};

NewFamily plan_family(AdminService& admin, const Plan& plan) {
  const FamilyKeys& keys = admin.keystore().family_keys();
  RefreshToken token;
  NewFamily made{new_family(keys, admin.settings(), system_clock_ms(), token), std::string(kRefreshTokenSize, '\0')};
  RefreshFamily& family = made.family;
  family.tenant = plan.content.tenant.tenant;
  family.client_id = plan.content.client.client_id();
  family.subject = plan.content.subject;
  family.scope = plan.content.scope;
  family.audiences.assign(plan.audience.span().begin(), plan.audience.span().end());
  write_refresh_token(keys.current_refresh_keys(), token, made.token.data());
  wipe(token.secret);
  return made;
}

// What is left of a plan while its token is signed, perhaps elsewhere: names and copies, no views.
struct Unsigned {
  http::ExchangeId id;
  AuditActor actor;
  uint32_t tenant = 0;
  uint64_t key_revision = 0;
  std::string client_id;
  uint64_t client_revision = 0;
  std::string input, suffix, detail;
  std::optional<NewFamily> family;
};

// A client or a key that changed while the token was signed elsewhere counts.
bool still_valid(AdminService& admin, const Unsigned& made) {
  const TenantKeys* tenant = admin.keystore().keys().tenant(made.tenant);
  const SigningKey* key = tenant == nullptr ? nullptr : tenant->by_late_revision(made.key_revision);
  const ClientRecord* client = admin.keystore().clients().find(made.tenant, made.client_id);
  return key != nullptr && can_sign(*key) && client != nullptr && client->revision() == made.client_revision;
}

// Answers when the record of the token is durable, and its family too, when there is one.
void answer_signed(AdminService& admin, Unsigned& made, std::string_view signature) {
  if (signature.empty() || !still_valid(admin, made)) {
    return admin.refuse(
        made.id, AdminErrorKind::kUnavailable,
        "the token was not signed: the key, or the PKCS#11 token that it is in, is not there; try again");
  }
  std::string body(kTokenResponsePrefix);
  body += made.input + ".";
  std::string encoded = base64url_text(as_bytes(signature));
  body += encoded + made.suffix;
  auto done = [&admin, id = made.id, body = std::move(body)] {
    admin.answer(id, {.status = 200, .body = body, .extra_fields = "Cache-Control: no-store\r\n"});
  };
  auto record = [&admin, actor = made.actor, id = made.id, detail = made.detail, done] {
    admin.keystore().store().append_audit(actor, "token.issue", detail, admin.then<void>(id, done));
  };
  if (!made.family) return record();
  admin.keystore().store().create_family(
      made.actor, std::move(made.family->family),
      admin.then<RefreshFamily>(made.id, [record](const RefreshFamily&) { record(); }));
}

void sign_and_answer(AdminService& admin, const AdminRequest& request, Plan& plan, std::optional<NewFamily> family) {
  plan.content.audience = plan.audience.span();
  const FamilyName sid = family ? family_name_of(family->family.id) : FamilyName{};
  if (family) plan.content.family = sid.text();
  Jti jti;
  std::array<char, kTokenSizeMax> claims;
  const UnixMs now = system_clock_ms();
  const size_t size = compose_claims(plan.content, now, jti, claims);
  std::string input = unsigned_token(*plan.key, {claims.data(), size});
  if (input.empty()) {
    return admin.refuse(request.id, AdminErrorKind::kInvalid, "the token would be larger than 8 KiB");
  }
  auto made =
      std::make_shared<Unsigned>(Unsigned{.id = request.id,
                                          .actor = request.actor,
                                          .tenant = plan.content.tenant.tenant,
                                          .key_revision = plan.key->revision,
                                          .client_id = std::string(plan.content.client.client_id()),
                                          .client_revision = plan.content.client.revision(),
                                          .input = input,
                                          .suffix = answer_suffix(plan, family ? family->token : std::string_view()),
                                          .detail = audit_detail(plan, jti, now),
                                          .family = std::move(family)});
  sign_for_admin(admin, *plan.key, std::move(input),
                 [&admin, made](std::string_view signature) { answer_signed(admin, *made, signature); });
}

}  // namespace

void issue_token(AdminService& admin, const AdminRequest& request) {
  auto refuse = [&](AdminErrorKind kind, std::string_view text) { admin.refuse(request.id, kind, text); };
  if (!admin.scope().shared.may_issue.load(std::memory_order_relaxed)) {
    return refuse(AdminErrorKind::kUnavailable, "the clock is behind the last persisted time; set it, or accept it");
  }
  auto fields = read_token_fields(request.body, admin.settings().token_ttl_max_s);
  if (!fields) return refuse(AdminErrorKind::kInvalid, fields.error());
  const TenantKeys* tenant = admin.tenant_named(fields->tenant);
  if (tenant == nullptr) return refuse(AdminErrorKind::kNotFound, "there is no such tenant");
  const ClientRecord* client = admin.keystore().clients().find(tenant->tenant, fields->client_id);
  if (client == nullptr) return refuse(AdminErrorKind::kNotFound, "there is no such client");
  auto plan = plan_token(admin, *tenant, *client, *fields);
  if (!plan) return refuse(plan.error().first, plan.error().second);
  sign_and_answer(admin, request, *plan, fields->refresh ? std::optional(plan_family(admin, *plan)) : std::nullopt);
}

}  // namespace signet
