#include "keystore/keys/prepared_key.h"

#include "protocol/jwt/access_token.h"

namespace signet {
namespace {

using Error = std::unexpected<std::string>;

// What a worker spends on a signature that is made elsewhere.
constexpr uint32_t kHandOverCostNs = 2'000;

std::expected<void, std::string> check_private_half(const KeySource& source) {
  const bool drains = source.status == KeyStatus::kRetiring && source.signed_as != 0;
  if (!keeps_private_half(source.status, source.algorithm) && !drains) {
    if (source.private_key) return Error("a key that no longer signs still has its private half");
    return {};
  }
  if (!source.private_key) return Error("the private half is missing");
  // RFC 8725 3.1: the algorithm belongs to the key, not to the row that names it.
  if (source.private_key->algorithm() != source.algorithm) return Error("the private half is of another algorithm");
  return {};
}

std::expected<std::optional<Jwk>, std::string> check_public_half(const KeySource& source) {
  if (is_symmetric(source.algorithm)) {
    if (!source.public_jwk.empty()) return Error("an HMAC key has a public half");
    if (source.audience.empty() && source.dialect.empty()) return Error("an HMAC key belongs to no audience");
    return std::nullopt;
  }
  if (!source.audience.empty()) return Error("an asymmetric key is bound to an audience");
  auto jwk = parse_jwk(source.public_jwk);
  if (!jwk) return Error("the public half cannot be read");
  if (jwk->kid != source.kid || jwk->algorithm != source.algorithm) return Error("the public half is of another key");
  if (source.private_key) {
    auto own = source.private_key->public_jwk();
    if (!own) return Error("the private half has no public one");
    own->kid = source.kid;
    if (write_jwk(*own) != write_jwk(*jwk)) return Error("public and private half do not belong together");
  }
  return std::optional(std::move(*jwk));
}

// Tokens are checked by signing again where that is cheaper and the private half is there; else with the public half.
std::expected<void, std::string> add_verifiers(const KeySource& source, const std::optional<Jwk>& jwk, size_t count,
                                               SigningKey& key) {
  const bool active = source.status == KeyStatus::kActive;
  if (!jwk || (!active && source.status != KeyStatus::kRetiring)) return {};
  if (active && !key.signers.empty() && key.signers.front()->can_check()) return {};
  key.signature_size = public_signature_size(*jwk);
  key.check_cost_ns = verification_cost_ns(source.algorithm, source.bits);
  for (size_t i = 0; i < count; ++i) {
    key.verifiers.push_back(make_verifier(*jwk));
    if (!key.verifiers.back()) return Error("the signing library refuses the public half");
  }
  return {};
}

}  // namespace

std::expected<PreparedKey, std::string> prepare_key(KeySource source, size_t signer_count) {
  if (!valid_kid(source.kid)) return Error("the kid is not valid");
  if (!source.dialect.empty() && !valid_dialect_name(source.dialect)) return Error("the dialect's name is not valid");
  if (!source.dialect.empty() && !source.audience.empty()) return Error("a dialect's key is bound to an audience");
  if (auto ok = check_private_half(source); !ok) return Error(ok.error());
  auto jwk = check_public_half(source);
  if (!jwk) return Error(jwk.error());

  auto key = std::make_unique<SigningKey>();
  // A dialect writes headers of its own; without one here no ordinary token can even be begun.
  if (source.dialect.empty()) key->encoded_header = encode_access_token_header(source.algorithm, source.kid);
  key->signature_size = source.private_key ? source.private_key->signature_size() : 0;
  key->cost_ns = signature_cost_ns(source.algorithm, source.bits);
  key->check_cost_ns = key->cost_ns;
  if (source.private_key && source.status != KeyStatus::kPending) key->remote = source.private_key->remote();
  if (key->remote) {
    key->cost_ns = kHandOverCostNs;
  } else if (source.private_key && source.status != KeyStatus::kPending) {
    for (size_t i = 0; i < signer_count; ++i) {
      key->signers.push_back(make_signer(source.private_key));
      if (!key->signers.back()) return Error("the signing library refuses the key");
    }
  }
  if (auto ok = add_verifiers(source, *jwk, signer_count, *key); !ok) return Error(ok.error());
  key->kid = std::move(source.kid);
  key->algorithm = source.algorithm;
  key->status = source.status;
  key->audience = std::move(source.audience);
  key->dialect = std::move(source.dialect);
  key->revision = source.revision;
  key->created_at = source.created_at;
  key->activated_at = source.activated_at;
  key->terms = source.terms;
  key->signed_as = source.signed_as;
  key->bits = source.bits;
  key->location = std::move(source.location);
  key->public_jwk = std::move(source.public_jwk);
  key->private_key = std::move(source.private_key);
  return PreparedKey{std::move(key), std::move(*jwk)};
}

}  // namespace signet
