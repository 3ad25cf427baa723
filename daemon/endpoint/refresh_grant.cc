#include "daemon/endpoint/refresh_grant.h"

#include <algorithm>

#include "daemon/endpoint/issuance_policy.h"
#include "protocol/base/secret_bytes.h"
#include "protocol/oauth/scope.h"

namespace signet {
namespace {

constexpr Endpoint kEndpoint = Endpoint::kToken;

std::unexpected<ErrorReply> refuse(OAuthError error, std::string_view description = {}) {
  return std::unexpected(ErrorReply{.error = error, .description = description});
}

// What was asked for, else all of what the family has; each once.
Audience audience_of(const PendingGrant& grant) {
  const auto wanted = grant.resources.span();
  Audience audience;
  for (const std::string& one : wanted.empty() ? grant.audiences.span() : wanted) {
    const auto end = audience.values.begin() + static_cast<ptrdiff_t>(audience.count);
    if (std::find(audience.values.begin(), end, one) == end) audience.values[audience.count++] = one;
  }
  return audience;
}

}  // namespace

bool RefreshGrant::comes_with_credentials(const ClientRecord& client) {
  return (client.flags() & kClientRefreshWithCredentials) != 0 && (client.grants() & kGrantRefreshToken) != 0;
}

std::expected<void, ErrorReply> RefreshGrant::check_can_sign(const TenantKeys& tenant, const ClientRecord& client,
                                                             std::span<const std::string_view> audience) {
  // An HMAC key is the audience's, which only the family knows unless it is asked for.
  if (is_symmetric(client.algorithm()) && audience.empty()) return {};
  const auto key = choose_key(tenant, client, audience);
  if (!key && key.error() == NoKey::kAudienceCount) {
    return refuse(OAuthError::kInvalidTarget, "this client's algorithm needs exactly one resource");
  }
  if (!key) return refuse(OAuthError::kServerError, "no active signing key for this client's algorithm");
  if (!scope_.queue.has_room(**key)) return std::unexpected(unavailable());
  return {};
}

std::expected<PendingGrant*, ErrorReply> RefreshGrant::take(const http::Request& request, const TenantKeys& tenant,
                                                            const ClientRecord& client) {
  PendingGrant* grant = pending_.take();
  if (grant == nullptr) return std::unexpected(unavailable());
  grant->job = scope_.queue.take();
  if (grant->job == nullptr) {
    pending_.give_back(*grant);
    return std::unexpected(unavailable());
  }
  grant->owner = job_owner(request);
  grant->tenant = tenant.tenant;
  grant->client_id.assign(client.client_id());
  return grant;
}

std::expected<void, ErrorReply> RefreshGrant::rotate(const http::Request& request, const TenantKeys& tenant,
                                                     const ClientRecord& client, const TokenRequest& wanted) {
  if ((client.grants() & kGrantRefreshToken) == 0) return refuse(OAuthError::kUnauthorizedClient);
  if (!wanted.scope.empty() && !valid_scope(wanted.scope)) return refuse(OAuthError::kInvalidScope);
  const FamilyKeys& keys = scope_.keystore.family_keys();
  auto token = keys.check_refresh_token(wanted.refresh_token);
  if (!token) {
    scope_.metrics.refreshes[static_cast<size_t>(RefreshResult::kForged)].add();
    return refuse(OAuthError::kInvalidGrant);
  }
  auto can_sign = check_can_sign(tenant, client, wanted.resource());
  auto taken = can_sign ? take(request, tenant, client) : std::unexpected(can_sign.error());
  if (taken) {
    PendingGrant& grant = **taken;
    const ServiceSettings& settings = scope_.shared.settings.load();
    grant.presented = *token;
    grant.scope.assign(wanted.scope);
    grant.resources.clear();
    for (const std::string_view resource : wanted.resource()) grant.resources.add(resource);
    grant.window_ms = settings.refresh_grace_s * 1000;
    grant.idle_s = settings.refresh_idle_s;
    grant.prepare(keys);
    if (pending_.rotate_later(grant)) hand_over();
  }
  wipe(token->secret);
  if (!taken) return std::unexpected(taken.error());
  return {};
}

std::expected<void, ErrorReply> RefreshGrant::create(const http::Request& request, const IssueRequest& issue) {
  if (auto can_sign = check_can_sign(issue.tenant, issue.client, issue.audience); !can_sign) return can_sign;
  auto taken = take(request, issue.tenant, issue.client);
  if (!taken) return std::unexpected(taken.error());
  PendingGrant& grant = **taken;
  RefreshFamily family =
      new_family(scope_.keystore.family_keys(), scope_.shared.settings.load(), scope_.clock(), grant.presented);
  grant.family = family.id;
  grant.sequence = 0;  // nothing was presented
  grant.scope.clear();
  grant.resources.clear();
  grant.subject.assign(issue.client.client_id());
  grant.granted_scope.assign(issue.scope);
  grant.audiences.clear();
  for (const std::string_view audience : issue.audience) grant.audiences.add(audience);
  grant.cnf.clear();
  grant.rotation = family.rotation;
  family.tenant = grant.tenant;
  family.client_id = family.subject = grant.client_id;
  family.scope = grant.granted_scope;
  family.audiences.assign(issue.audience.begin(), issue.audience.end());
  pending_.handing_over();
  scope_.keystore.store().create_family(std::nullopt, std::move(family),
                                        [&grant](const auto& result) { grant.created(result); });
  return {};
}

std::expected<void, ErrorReply> RefreshGrant::refusal(RotationVerdict verdict) const {
  switch (verdict) {
    case RotationVerdict::kRotated:
    case RotationVerdict::kRepeated:
      return {};
    case RotationVerdict::kScope:
      return refuse(OAuthError::kInvalidScope);
    case RotationVerdict::kTarget:
      return refuse(OAuthError::kInvalidTarget);
    case RotationVerdict::kBusy:
    case RotationVerdict::kUnavailable:
      return std::unexpected(unavailable());  // never invalid_grant: nothing was decided about the token
    default:
      return refuse(OAuthError::kInvalidGrant);  // all alike: which rule it was is nobody's business
  }
}

void RefreshGrant::decided(PendingGrant& grant) {
  report_rotation(scope_, grant);
  const http::ExchangeId exchange = exchange_of(grant.owner);
  if (responder_ != nullptr && responder_->alive(exchange)) {
    auto answered = refusal(grant.verdict);
    if (answered) answered = answer(grant);
    if (!answered) {
      http::Request request;
      request.id = exchange;
      request.arrived_ns = grant.owner.arrived_ns;
      reply_error(scope_, request, *responder_, kEndpoint, answered.error());
    }
  }
  end(grant);
}

std::expected<void, ErrorReply> RefreshGrant::answer(PendingGrant& grant) {
  const TenantKeys* tenant = scope_.keystore.keys().tenant(grant.tenant);
  const ClientRecord* client = scope_.keystore.clients().find(grant.tenant, grant.client_id);
  if (tenant == nullptr || client == nullptr || client->disabled()) return refuse(OAuthError::kInvalidGrant);
  RefreshTokenText refresh_token;
  if (!write_granted_token(scope_.keystore.family_keys(), grant, refresh_token)) {
    return refuse(OAuthError::kServerError);
  }
  const Audience audience = audience_of(grant);
  const FamilyName sid = family_name_of(grant.family);
  const auto queued = answer_.queue(grant.owner, *responder_,
                                    {.tenant = *tenant,
                                     .client = *client,
                                     .scope = grant.scope.empty() ? grant.granted_scope : grant.scope,
                                     .audience = audience.span(),
                                     .subject = grant.subject,
                                     .family = sid.text(),
                                     .cnf = grant.cnf,
                                     .grant = grant.sequence == 0 ? "client_credentials" : "refresh_token"},
                                    refresh_token.text(), grant.job);
  if (queued) grant.job = nullptr;
  return queued;
}

void RefreshGrant::end(PendingGrant& grant) {
  if (grant.job != nullptr) scope_.queue.give_back(grant.job);
  grant.job = nullptr;
  pending_.give_back(grant);
}

}  // namespace signet
