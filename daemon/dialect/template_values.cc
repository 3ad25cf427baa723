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

// What any of the dialect's templates for a token asks for.
bool uses(const DialectCall& call, TemplateValue value) {
  if (call.dialect.token->claims.uses(value)) return true;
  if (call.endpoint == nullptr || !call.endpoint->success) return false;
  const DialectAnswer& answer = *call.endpoint->success;
  return answer.body.uses(value) ||
         std::ranges::any_of(answer.headers, [&](const DialectHeader& one) { return one.value.uses(value); });
}

}  // namespace

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
  input_.tenant = call.tenant->name;
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
  input_.path = call.captures.values;
  const size_t names = std::min(call.dialect.request_names.size(), kRequestNamesMax);
  for (size_t i = 0; i < names; ++i) request_[i] = call.parameters.any(call.dialect.request_names[i]);
  input_.request = {request_.data(), names};
}

}  // namespace signet
