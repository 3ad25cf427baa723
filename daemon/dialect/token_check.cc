#include "daemon/dialect/token_check.h"

#include <array>

#include "daemon/endpoint/credential_scheme.h"
#include "daemon/endpoint/token_checker.h"
#include "keystore/keys/check_signatures.h"
#include "protocol/base/base64url.h"
#include "protocol/jose/jws.h"
#include "protocol/jwt/access_token.h"

namespace signet {
namespace {

bool signature_holds(WorkerScope& scope, const SigningKey& key, const CompactJws& jws) {
  std::array<uint8_t, SigningQueue::kSignatureSizeMax> signature;
  if (base64url_encoded_size(key.signature_size) != jws.signature().size()) return false;
  const auto size = base64url_decode(jws.signature(), signature);
  if (!size || *size != key.signature_size) return false;
  const std::array<ByteSpan, 1> inputs{as_bytes(jws.signing_input())};
  const std::array<ByteSpan, 1> signatures{ByteSpan(signature.data(), *size)};
  std::array<bool, 1> held{};
  return check_signatures(key, scope.worker_index, inputs, signatures, held) == 1 && held[0];
}

// The key of this dialect that signed; null when none did. A dialect's header may name no key, so that each one that
// can still check is asked: the active one and those that retire.
const SigningKey* signer_of(WorkerScope& scope, const TenantKeys& tenant, const Dialect& dialect,
                            const CompactJws& jws) {
  for (const auto& key : tenant.keys) {
    if (key->dialect != dialect.name || key->algorithm != dialect.token->alg) continue;
    if (!can_check_with(*key, scope.worker_index)) continue;
    const bool own_header = !dialect.token->encoded_header.empty();
    if (jws.header() !=
        (own_header ? dialect.token->encoded_header : render_dialect_header(*dialect.token, key->kid))) {
      continue;
    }
    if (signature_holds(scope, *key, jws)) return key.get();
  }
  return nullptr;
}

bool revoked(const DialectCall& call, const SigningKey& key, std::string_view token, const DialectTokenHolder& holder) {
  const DialectClaims& claims = holder.claims;
  std::array<char, base64url_encoded_size(sizeof(Sha256Digest))> hash;
  if (claims.jti.empty()) base64url_encode(sha256(as_bytes(token)), hash.data());
  const auto exact = jti_time_ms(claims.jti);
  const std::string_view subject =
      holder.key != nullptr ? std::string_view(holder.key->subject) : holder.client->client_id();
  return call.scope.keystore.revocations().revoked(
      {.tenant = call.tenant->tenant,
       .jti = claims.jti,
       .token_hash = claims.jti.empty() ? std::string_view(hash.data(), hash.size()) : std::string_view(),
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
  if (!call.dialect.token || call.tenant == nullptr || token.size() > kJwsSizeMax) return DialectTokenState::kDead;
  if (!call.scope.shared.may_issue.load(std::memory_order_relaxed)) return DialectTokenState::kUnavailable;
  const auto jws = split_compact_jws(token);
  if (!jws) return DialectTokenState::kDead;
  const SigningKey* key = signer_of(call.scope, *call.tenant, call.dialect, *jws);
  if (key == nullptr) return DialectTokenState::kDead;
  std::array<char, kJwsSizeMax> payload;
  const auto size = base64url_decode(jws->payload(), {reinterpret_cast<uint8_t*>(payload.data()), payload.size()});
  if (!size || !read_dialect_claims(call.dialect, {payload.data(), *size}, holder.claims)) {
    return DialectTokenState::kDead;
  }
  const UnixSeconds now = call.scope.clock() / 1000;
  if (holder.claims.expires_at <= now || holder.claims.issued_at > now + kIssuedAheadMaxS) {
    return DialectTokenState::kDead;
  }
  if (holder.claims.kind == DialectIdentity::kKeyId) {
    bool waits = false;
    holder.key = callers.key_of(call, holder.claims.key_id, waits);
    if (waits) return DialectTokenState::kWaits;
    holder.client = holder.key == nullptr ? nullptr : callers.client_of(*holder.key);
  } else {
    // A dialect whose tokens name their subject alone has clients that are their own subjects.
    holder.client = call.scope.keystore.clients().find(call.tenant->tenant, holder.claims.identity);
    if (holder.client != nullptr && holder.client->disabled()) holder.client = nullptr;
  }
  if (holder.client == nullptr) return DialectTokenState::kDead;
  return revoked(call, *key, token, holder) ? DialectTokenState::kDead : DialectTokenState::kAlive;
}

}  // namespace signet
