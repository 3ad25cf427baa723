#include "daemon/dialect/template_values.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "protocol/base/digest.h"
#include "protocol/base/random.h"

namespace signet {
namespace {

std::array<uint8_t, 16> hash_of(std::string_view label, std::string_view tenant, std::string_view id) {
  std::string text(label);
  text.push_back('\0');
  text.append(tenant);
  text.push_back('\0');
  text.append(id);
  const Sha256Digest digest = sha256(as_bytes(text));
  std::array<uint8_t, 16> key;
  std::memcpy(key.data(), digest.data(), key.size());
  return key;
}

bool uses(const DialectAnswer& answer, TemplateValue value) {
  return answer.body.uses(value) ||
         std::ranges::any_of(answer.headers, [&](const DialectHeader& one) { return one.value.uses(value); });
}

// What any of the endpoint's templates of success asks for.
bool success_uses(const DialectCall& call, TemplateValue value) {
  if (call.endpoint == nullptr) return false;
  const DialectEndpoint& endpoint = *call.endpoint;
  return (endpoint.success && uses(*endpoint.success, value)) ||
         (endpoint.success_with_refresh && uses(*endpoint.success_with_refresh, value));
}

bool uses(const DialectCall& call, TemplateValue value) {
  return call.dialect.token->claims.uses(value) || success_uses(call, value);
}

template <typename Names>
std::span<const std::string_view> request_values(const DialectCall& call, Names& out) {
  const size_t names = std::min(call.dialect.request_names.size(), out.size());
  for (size_t i = 0; i < names; ++i) out[i] = call.parameters.any(call.dialect.request_names[i]);
  return {out.data(), names};
}

}  // namespace

std::string_view tenant_label(const Dialect& dialect, const TenantKeys& tenant) {
  const bool renamed = tenant.tenant == 0 && !dialect.default_tenant_names.empty();
  return renamed ? dialect.default_tenant_names.front() : tenant.name;
}

std::array<uint8_t, 16> client_key_of(std::string_view tenant, std::string_view client_id) {
  return hash_of("signet client", tenant, client_id);
}

std::array<uint8_t, 16> tenant_key_of(std::string_view tenant) { return hash_of("signet tenant", tenant, {}); }

TemplateValues::TemplateValues(const DialectCall& call, const DialectIssue& issue, const SigningKey& key, UnixMs now) {
  const DialectToken& token = *call.dialect.token;
  const uint32_t lifetime_s = issue.client.ttl_s() != 0 ? issue.client.ttl_s() : token.lifetime_s;
  input_.alg = jws_algorithm_name(key.algorithm);
  input_.kid = key.kid;
  input_.client_id = issue.client.client_id();
  input_.subject = !issue.subject.empty() ? issue.subject
                   : issue.key != nullptr ? std::string_view(issue.key->subject)
                                          : issue.client.client_id();
  input_.scope = !issue.scope.empty()   ? issue.scope
                 : issue.key != nullptr ? std::string_view(issue.key->scope)
                                        : issue.client.scope();
  input_.audience =
      issue.client.audience_count() == 0 ? std::string_view(call.tenant->issuer) : issue.client.audience(0);
  input_.issuer = call.tenant->issuer;
  input_.tenant = tenant_label(call.dialect, *call.tenant);
  input_.issued_at = now / 1000;
  input_.lifetime_s = lifetime_s;
  input_.expires_at = input_.issued_at + lifetime_s;
  if (issue.key != nullptr) input_.key_id = issue.key->id;
  if (uses(call, TemplateValue::kJti)) {
    std::array<uint8_t, 10> random;
    fill_random(random);
    write_jti(now, random, jti_.data());
    input_.jti = {jti_.data(), jti_.size()};
  }
  if (uses(call, TemplateValue::kClientKey)) input_.client_key = client_key_of(call.tenant->name, input_.client_id);
  if (uses(call, TemplateValue::kTenantKey)) input_.tenant_key = tenant_key_of(call.tenant->name);
  if (uses(call, TemplateValue::kSessionKey)) {
    input_.session_key = issue.family != nullptr ? *issue.family
                         : issue.key != nullptr  ? issue.key->id
                                                 : client_key_of(call.tenant->name, input_.client_id);
  }
  input_.path = call.captures.values;
  input_.request = request_values(call, request_);
}

PlainValues::PlainValues(const DialectCall& call, const ClientRecord* client, const ApiToken* key,
                         const DialectClaims* claims) {
  input_.path = call.captures.values;
  input_.issued_at = call.scope.clock() / 1000;
  if (call.tenant != nullptr) {
    input_.tenant = tenant_label(call.dialect, *call.tenant);
    input_.issuer = call.tenant->issuer;
    if (success_uses(call, TemplateValue::kTenantKey)) input_.tenant_key = tenant_key_of(call.tenant->name);
  }
  if (call.dialect.token) input_.alg = jws_algorithm_name(call.dialect.token->alg);
  if (client != nullptr) {
    input_.client_id = client->client_id();
    input_.subject = key != nullptr ? std::string_view(key->subject) : client->client_id();
    input_.scope = key != nullptr ? std::string_view(key->scope) : client->scope();
    if (client->audience_count() != 0) input_.audience = client->audience(0);
    if (call.tenant != nullptr && success_uses(call, TemplateValue::kClientKey)) {
      input_.client_key = client_key_of(call.tenant->name, client->client_id());
    }
  }
  if (key != nullptr) input_.key_id = key->id;
  if (claims != nullptr) {
    input_.issued_at = claims->issued_at;
    input_.expires_at = claims->expires_at;
    input_.lifetime_s = claims->expires_at - claims->issued_at;
    input_.jti = claims->jti;
    input_.session_key = claims->session_key;
  }
  input_.request = request_values(call, request_);
}

}  // namespace signet
