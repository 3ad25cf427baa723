#include "daemon/endpoint/issuance_policy.h"

#include <algorithm>

#include "keystore/clients/kernel_random.h"
#include "protocol/base/random.h"

namespace signet {

std::expected<const SigningKey*, NoKey> choose_key(const TenantKeys& tenant, const ClientRecord& client,
                                                   std::span<const std::string_view> audience) {
  const JwsAlgorithm algorithm = client.algorithm();
  const bool symmetric = is_symmetric(algorithm);
  // An HMAC key belongs to one audience: whoever checks with it could forge for the others.
  if (symmetric && audience.size() != 1) return std::unexpected(NoKey::kAudienceCount);
  const SigningKey* key = tenant.active(algorithm, symmetric ? audience[0] : std::string_view{});
  if (key == nullptr || !can_sign(*key)) return std::unexpected(NoKey::kNotThere);
  return key;
}

uint32_t effective_ttl_s(uint32_t asked_s, const TenantKeys& tenant, const ClientRecord& client,
                         const ServiceSettings& settings) {
  const uint32_t own_s = client.ttl_s() != 0 ? client.ttl_s() : settings.token_ttl_s;
  return std::min(asked_s != 0 ? asked_s : own_s, longest_ttl_s(tenant.limits, settings.token_ttl_max_s));
}

RefreshFamily new_family(const FamilyKeys& keys, const ServiceSettings& settings, UnixMs now, RefreshToken& first) {
  first = {.key_version = keys.current_version(), .sequence = 1};
  fill_random(first.family);
  fill_from_kernel(first.secret);
  const UnixSeconds now_s = now / 1000;
  RefreshFamily family{.id = first.family,
                       .created_ms = now,
                       .idle_expires_at = now_s + std::min(settings.refresh_idle_s, settings.refresh_absolute_s),
                       .absolute_expires_at = now_s + settings.refresh_absolute_s};
  family.rotation = {.sequence = first.sequence, .key_version = first.key_version};
  family.rotation.current_hash =
      hash_refresh_secret(keys.current_refresh_keys(), first.family, first.sequence, first.secret);
  return family;
}

size_t compose_claims(const TokenContent& content, UnixMs now, Jti& jti, std::span<char> out) {
  std::array<uint8_t, 10> random;
  fill_random(random);
  write_jti(now, random, jti.data());
  const UnixSeconds issued_at = now / 1000;
  return write_access_token_claims({.issuer = content.tenant.issuer,
                                    .subject = content.subject,
                                    .audience = content.audience,
                                    .client_id = content.client.client_id(),
                                    .scope = content.scope,
                                    .issued_at = issued_at,
                                    .expires_at = issued_at + content.ttl_s,
                                    .jti = {jti.data(), jti.size()},
                                    .family = content.family,
                                    .extra_members = content.extra_members},
                                   out);
}

}  // namespace signet
