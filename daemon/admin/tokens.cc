// Tokens: issuance by an administrator, signed at once with the admin side's own signer.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "daemon/admin/routes.h"
#include "daemon/admin/token_fields.h"
#include "daemon/endpoint/issuance.h"
#include "protocol/base/base64url.h"
#include "protocol/base/random.h"
#include "protocol/jwt/access_token.h"
#include "protocol/oauth/token_response.h"

namespace signet {
namespace {

using Refusal = std::pair<AdminErrorKind, std::string>;

// What a token is made of; views into the snapshots and the request, so it does not outlive the call.
struct Plan {
  const SigningKey* key = nullptr;
  std::string_view scope;
  Audience audience;
  uint32_t ttl_s = 0;
};

Refusal invalid(std::string text) { return {AdminErrorKind::kInvalid, std::move(text)}; }

std::expected<Plan, Refusal> plan_token(AdminService& admin, const TenantKeys& tenant, const ClientRecord& client,
                                        const TokenFields& fields) {
  if (client.disabled()) return std::unexpected(invalid("the client is disabled"));
  auto scope = narrow_scope(client, fields.scope);
  if (!scope) return std::unexpected(invalid("scope: expected scopes that the client has"));
  std::vector<std::string_view> wanted(fields.audience.begin(), fields.audience.end());
  auto audience = narrow_audience(client, tenant.issuer, wanted);
  if (!audience) return std::unexpected(invalid("audience: expected audiences that the client has"));
  JwsAlgorithm algorithm = client.algorithm();
  if (is_symmetric(algorithm) && audience->count != 1) {
    return std::unexpected(invalid("audience: an HMAC algorithm takes exactly one"));
  }
  const SigningKey* key = tenant.active(algorithm, is_symmetric(algorithm) ? audience->values[0] : std::string_view());
  if (key == nullptr || key->signers.empty()) {
    return std::unexpected(invalid(fmt::format("there is no active {} key", jws_algorithm_name(algorithm))));
  }
  const ServiceSettings& settings = admin.settings();
  uint32_t ttl_s = fields.ttl_s != 0 ? fields.ttl_s : client.ttl_s() != 0 ? client.ttl_s() : settings.token_ttl_s;
  return Plan{.key = key, .scope = *scope, .audience = *audience, .ttl_s = std::min(ttl_s, settings.token_ttl_max_s)};
}

// The claims of `plan` as JSON, empty when they are too large for a token.
std::string_view write_claims(const TenantKeys& tenant, const ClientRecord& client, const TokenFields& fields,
                              const Plan& plan, std::span<char> out) {
  UnixMs now = system_clock_ms();
  std::array<uint8_t, 10> random;
  fill_random(random);
  std::array<char, kJtiSize> jti;
  write_jti(now, random, jti.data());
  size_t size = write_access_token_claims(
      {.issuer = tenant.issuer,
       .subject = fields.subject.empty() ? client.client_id() : std::string_view(fields.subject),
       .audience = plan.audience.span(),
       .client_id = client.client_id(),
       .scope = plan.scope,
       .issued_at = now / 1000,
       .expires_at = now / 1000 + plan.ttl_s,
       .jti = {jti.data(), jti.size()},
       .extra_members = fields.extra_members},
      out);
  return {out.data(), size};
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

std::string token_answer(std::string_view token, const Plan& plan) {
  std::string body(kTokenResponsePrefix);
  body += token;
  std::array<char, 8192> suffix;
  body.append(suffix.data(), write_token_response_suffix({.expires_in_s = plan.ttl_s, .scope = plan.scope}, suffix));
  return body;
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
  std::array<char, kTokenSizeMax> claims;
  std::string token = sign_token(*plan->key, write_claims(*tenant, *client, *fields, *plan, claims));
  if (token.empty()) return refuse(AdminErrorKind::kInvalid, "the token would be larger than 8 KiB");
  admin.answer(request.id,
               {.status = 200, .body = token_answer(token, *plan), .extra_fields = "Cache-Control: no-store\r\n"});
}

}  // namespace signet
