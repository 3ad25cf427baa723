#include "daemon/dialect/token_check.h"

#include <string>
#include <utility>

#include "daemon/dialect/signed_token.h"
#include "daemon/dialect/template_values.h"
#include "daemon/endpoint/credential_scheme.h"
#include "protocol/jwt/access_token.h"

namespace signet {
namespace {

bool revoked(const DialectCall& call, const SigningKey& key, std::string_view token, const DialectTokenHolder& holder) {
  const DialectClaims& claims = holder.claims;
  const std::string hash = claims.jti.empty() ? dialect_token_hash(token) : std::string();
  const auto exact = jti_time_ms(claims.jti);
  const FamilyName grant = family_name_of(claims.session_key);
  const std::string_view subject =
      holder.key != nullptr ? std::string_view(holder.key->subject) : holder.client->client_id();
  return call.scope.keystore.revocations().revoked({.tenant = call.tenant->tenant,
                                                    .jti = claims.jti,
                                                    .token_hash = hash,
                                                    .family = holder.delegated ? grant.text() : std::string_view(),
                                                    .client_id = holder.client->client_id(),
                                                    .subject = subject,
                                                    .kid = key.kid,
                                                    .issued_ms = exact ? *exact : claims.issued_at * 1000});
}

}  // namespace

std::string_view presented_token(const DialectCall& call) {
  for (const DialectBearerHeader& from : call.dialect.bearer.headers) {
    const std::string_view value = call.request.header(from.name);
    const auto token = behind_scheme(value, from.scheme, call.dialect.bearer.scheme_case_sensitive);
    if (token && !token->empty()) return *token;
  }
  if (call.dialect.bearer.query.empty()) return {};
  return call.parameters.query(call.dialect.bearer.query);
}

DialectTokenState check_dialect_token(DialectCallers& callers, DialectCall& call, std::string_view token,
                                      DialectTokenHolder& holder) {
  if (!call.dialect.token || call.tenant == nullptr) return DialectTokenState::kDead;
  if (!call.scope.shared.may_issue.load(std::memory_order_relaxed)) return DialectTokenState::kUnavailable;
  auto read =
      verify_dialect_token(*call.tenant, call.dialect, token, call.scope.clock() / 1000, call.scope.worker_index);
  if (!read) return DialectTokenState::kDead;
  holder.claims = std::move(read->claims);
  if (holder.claims.kind == DialectIdentity::kKeyId) {
    bool waits = false;
    holder.key = callers.key_of(call, holder.claims.key_id, ApiTokenKind::kApiKey, waits);
    if (waits) return DialectTokenState::kWaits;
    holder.client = holder.key == nullptr ? nullptr : callers.client_of(*holder.key);
  } else {
    // A dialect whose tokens name their subject alone has clients that are their own subjects.
    holder.client = call.scope.keystore.clients().find(call.tenant->tenant, holder.claims.identity);
    if (holder.client != nullptr && holder.client->disabled()) holder.client = nullptr;
  }
  if (holder.client == nullptr) return DialectTokenState::kDead;
  holder.delegated = !call.dialect.token->names.session.empty() &&
                     holder.claims.session_key != client_key_of(call.tenant->name, holder.client->client_id());
  return revoked(call, *read->key, token, holder) ? DialectTokenState::kDead : DialectTokenState::kAlive;
}

}  // namespace signet
