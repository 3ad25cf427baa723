#include "daemon/dialect/signed_token.h"

#include <algorithm>
#include <array>

#include "daemon/endpoint/token_checker.h"
#include "keystore/keys/check_signatures.h"
#include "keystore/queue/signing_queue.h"
#include "protocol/base/base64url.h"
#include "protocol/jose/jws.h"

namespace signet {
namespace {

bool signature_holds(const SigningKey& key, size_t worker, const CompactJws& jws) {
  std::array<uint8_t, SigningQueue::kSignatureSizeMax> signature;
  if (base64url_encoded_size(key.signature_size) != jws.signature().size()) return false;
  const auto size = base64url_decode(jws.signature(), signature);
  if (!size || *size != key.signature_size) return false;
  const std::array<ByteSpan, 1> inputs{as_bytes(jws.signing_input())};
  const std::array<ByteSpan, 1> signatures{ByteSpan(signature.data(), *size)};
  std::array<bool, 1> held{};
  return check_signatures(key, worker, inputs, signatures, held) == 1 && held[0];
}

// The key of this dialect that signed; null when none did. A dialect's header may name no key, so that each one that
// can still check is asked: the active one and those that retire.
const SigningKey* signer_of(const TenantKeys& tenant, const Dialect& dialect, const CompactJws& jws, size_t worker) {
  for (const auto& key : tenant.keys) {
    if (key->dialect != dialect.name || key->algorithm != dialect.token->alg) continue;
    const size_t checks = std::max(key->signers.size(), key->verifiers.size());
    const size_t index = worker == kAdminSigner && checks != 0 ? checks - 1 : worker;
    if (!can_check_with(*key, index)) continue;
    const bool own_header = !dialect.token->encoded_header.empty();
    if (jws.header() !=
        (own_header ? dialect.token->encoded_header : render_dialect_header(*dialect.token, key->kid))) {
      continue;
    }
    if (signature_holds(*key, index, jws)) return key.get();
  }
  return nullptr;
}

}  // namespace

std::optional<SignedDialectToken> verify_dialect_token(const TenantKeys& tenant, const Dialect& dialect,
                                                       std::string_view token, UnixSeconds now, size_t worker) {
  if (!dialect.token || token.size() > kJwsSizeMax) return std::nullopt;
  const auto jws = split_compact_jws(token);
  if (!jws) return std::nullopt;
  std::array<char, kJwsSizeMax> payload;
  const auto size = base64url_decode(jws->payload(), {reinterpret_cast<uint8_t*>(payload.data()), payload.size()});
  SignedDialectToken read;
  if (!size || !read_dialect_claims(dialect, {payload.data(), *size}, read.claims)) return std::nullopt;
  if (read.claims.expires_at <= now || read.claims.issued_at > now + kIssuedAheadMaxS) return std::nullopt;
  read.key = signer_of(tenant, dialect, *jws, worker);
  if (read.key == nullptr) return std::nullopt;
  return read;
}

std::string dialect_token_hash(std::string_view token) { return base64url_text(sha256(as_bytes(token))); }

}  // namespace signet
