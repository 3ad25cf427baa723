// Tokens: issuance by an administrator, signed at once with the admin side's own signer. Nobody gets a token whose
// audit record is not durable.
#include <fmt/format.h>

#include <array>

#include "daemon/admin/routes.h"
#include "daemon/admin/token_fields.h"
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

// The compact form of `claims` signed by the key, empty when it is too large or the library failed.
std::string sign_token(const SigningKey& key, std::string_view claims) {
  if (claims.empty()) return {};
  std::string token(kTokenSizeMax, '\0');
  size_t size = write_signing_input(key.encoded_header, as_bytes(claims), token);
  size_t signature_chars = base64url_encoded_size(key.signature_size);
  if (size == 0 || size + 1 + signature_chars > token.size()) return {};
  std::vector<uint8_t> signature(key.signature_size);
  ByteSpan input = as_bytes(std::string_view(token).substr(0, size));
  MutableByteSpan output = signature;
  if (key.signers.back()->sign({&input, 1}, {&output, 1}) != 1) return {};
  token[size] = '.';
  base64url_encode(signature, token.data() + size + 1);
  token.resize(size + 1 + signature_chars);
  return token;
}

std::string token_answer(std::string_view token, const Plan& plan, std::string_view refresh_token) {
  std::string body(kTokenResponsePrefix);
  body += token;
  std::array<char, 8192> suffix;
  body.append(
      suffix.data(),
      write_token_response_suffix(
          {.expires_in_s = plan.content.ttl_s, .scope = plan.content.scope, .refresh_token = refresh_token}, suffix));
  return body;
}

std::string audit_detail(const Plan& plan, const Jti& jti) {
  return write_json([&](JsonWriter& json) {
    json.begin_object();
    json.member("client", plan.content.client.client_id());
    json.member("tenant", plan.content.tenant.name);
    json.member("sub", plan.content.subject);
    json.member("jti", std::string_view(jti.data(), jti.size()));
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

// Signs what is planned, and answers when the record of it is durable, and its family too, when there is one.
void sign_and_answer(AdminService& admin, const AdminRequest& request, Plan& plan, std::optional<NewFamily> made) {
  plan.content.audience = plan.audience.span();
  const FamilyName sid = made ? family_name_of(made->family.id) : FamilyName{};
  if (made) plan.content.family = sid.text();
  Jti jti;
  std::array<char, kTokenSizeMax> claims;
  size_t size = compose_claims(plan.content, system_clock_ms(), jti, claims);
  std::string token = sign_token(*plan.key, {claims.data(), size});
  if (token.empty()) {
    return admin.refuse(request.id, AdminErrorKind::kInvalid, "the token would be larger than 8 KiB");
  }
  auto done = [&admin, id = request.id, body = token_answer(token, plan, made ? made->token : std::string_view())] {
    admin.answer(id, {.status = 200, .body = body, .extra_fields = "Cache-Control: no-store\r\n"});
  };
  auto record = [&admin, actor = request.actor, id = request.id, detail = audit_detail(plan, jti), done] {
    admin.keystore().store().append_audit(actor, "token.issue", detail, admin.then<void>(id, done));
  };
  if (!made) return record();
  admin.keystore().store().create_family(
      request.actor, std::move(made->family),
      admin.then<RefreshFamily>(request.id, [record](const RefreshFamily&) { record(); }));
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
