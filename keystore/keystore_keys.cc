// The administrative side of keys: making them, and handing an HMAC key to its one resource server.
#include <fmt/format.h>

#include <array>
#include <future>

#include "keystore/keystore_implementation.h"
#include "protocol/base/base64url.h"
#include "protocol/base/random.h"

namespace signet {
namespace {

// RFC 7638 thumbprint of a public key. An HMAC key has nothing public to hash (a thumbprint of the secret would tell
// about it): 128 random bits.
std::string make_kid(const std::optional<Jwk>& jwk) {
  if (jwk) return jwk_thumbprint(*jwk);
  std::array<uint8_t, 16> random;
  fill_random(random);
  return base64url_text(random);
}

std::unexpected<StoreError> refused(StoreErrorKind kind, std::string text) {
  return std::unexpected(StoreError{kind, std::move(text)});
}

StoreError import_refusal(JwsAlgorithm algorithm, KeyError error) {
  switch (error) {
    case KeyError::kUnsupported:
      return {StoreErrorKind::kInvalid,
              fmt::format("the key is of another kind or curve than {} signs with", jws_algorithm_name(algorithm))};
    case KeyError::kBadSize:
      return {StoreErrorKind::kInvalid, is_symmetric(algorithm)
                                            ? "the secret is shorter than the algorithm's hash (RFC 7518 3.2)"
                                            : "the key has another size than 2048, 3072 or 4096 bits"};
    case KeyError::kBadEncoding:
      return {StoreErrorKind::kInvalid,
              "this is no unencrypted PKCS#8 of one private key, or the key in it is not valid"};
    case KeyError::kSelfTestFailed:
      return {StoreErrorKind::kInvalid, "what the key signs does not hold with its public half: it is damaged"};
    case KeyError::kLibrary:
      return {StoreErrorKind::kUnavailable, "the signing library failed"};
    case KeyError::kNoLockedMemory:
      return {StoreErrorKind::kUnavailable, std::string(vault_error_text(VaultError::kNoLockedMemory))};
  }
  return {StoreErrorKind::kInvalid, "the key is not taken"};
}

StoreError no_tenant(uint32_t tenant) {
  return {StoreErrorKind::kNotFound, fmt::format("there is no tenant number {}", tenant)};
}

}  // namespace

void KeystoreImplementation::generate_key(AuditActor actor, uint32_t tenant, KeyPurpose purpose,
                                          StoreDone<KeyRow> done) {
  if (auto checked = check_key_purpose(purpose); !checked) return done(std::unexpected(std::move(checked.error())));
  make_slowly<KeyRow>([this, actor = std::move(actor), tenant,
                       purpose = std::move(purpose)] { return make_key(actor, tenant, purpose); },
                      std::move(done));
}

// Verifiers have cached the tenant's documents once it has a key: any further one waits its lead. Those of dialects are
// in no document; one more waits while another signs.
KeyStatus KeystoreImplementation::status_of_new_key(uint32_t tenant, const KeyPurpose& purpose) const {
  const bool waits = purpose.dialect.empty() ? builder_.has_key_for(tenant, purpose.algorithm, purpose.audience)
                                             : builder_.has_dialect_key(tenant, purpose.dialect);
  return waits ? KeyStatus::kPending : KeyStatus::kActive;
}

KeystoreImplementation::MadeKey KeystoreImplementation::make_key(const AuditActor& actor, uint32_t tenant,
                                                                 const KeyPurpose& purpose) {
  if (purpose.token) return make_in_token(actor, tenant, purpose);
  const int rsa_bits = purpose.bits == 0 ? kRsaBitsDefault : purpose.bits;
  auto key = generate_private_key(purpose.algorithm, rsa_bits);
  if (!key) return refused(StoreErrorKind::kUnavailable, "the signing library made no usable key");
  return add_new_key(actor, tenant, purpose, std::move(*key));
}

void KeystoreImplementation::import_key(AuditActor actor, uint32_t tenant, KeyPurpose purpose, SecretBytes material,
                                        StoreDone<KeyRow> done) {
  if (auto checked = check_key_purpose(purpose); !checked) return done(std::unexpected(std::move(checked.error())));
  const auto shared = std::make_shared<SecretBytes>(std::move(material));
  make_slowly<KeyRow>([this, actor = std::move(actor), tenant, purpose = std::move(purpose),
                       shared] { return import_now(actor, tenant, purpose, shared->expose()); },
                      std::move(done));
}

KeystoreImplementation::MadeKey KeystoreImplementation::import_now(const AuditActor& actor, uint32_t tenant,
                                                                   const KeyPurpose& purpose, ByteSpan material) {
  auto key = import_private_key(purpose.algorithm, material);
  if (!key) return std::unexpected(import_refusal(purpose.algorithm, key.error()));
  return add_new_key(actor, tenant, purpose, std::move(*key));
}

KeystoreImplementation::MadeKey KeystoreImplementation::add_new_key(const AuditActor& actor, uint32_t tenant,
                                                                    const KeyPurpose& purpose,
                                                                    std::shared_ptr<const PrivateKey> key) {
  KeyRow row{.tenant = tenant,
             .algorithm = purpose.algorithm,
             .audience = purpose.audience,
             .dialect = purpose.dialect,
             .terms = terms_of_new_key()};
  // A dialect's file says for itself how long its tokens live.
  if (!purpose.dialect.empty()) row.terms.lifetime_s = kAccessTokenLifetimeMaxS;
  {
    const std::lock_guard lock(publish_mutex_);
    if (!builder_.has_tenant(tenant)) return std::unexpected(no_tenant(tenant));
    row.status = status_of_new_key(tenant, purpose);
  }
  auto jwk = key->public_jwk();
  row.kid = make_kid(jwk);
  row.bits = key->bits();
  if (jwk) {
    jwk->kid = row.kid;
    row.public_jwk = write_jwk(*jwk);
  }
  const auto* in_token = dynamic_cast<const TokenKey*>(key.get());
  if (in_token != nullptr) row.location = in_token->location();
  auto sealed = in_token != nullptr ? seal_location(*vault_, row) : seal_private_key(*vault_, row, *key);
  if (!sealed) return refused(StoreErrorKind::kUnavailable, std::string(vault_error_text(sealed.error())));
  (in_token != nullptr ? row.sealed_location : row.sealed_private) = std::move(*sealed);
  auto prepared = prepare_key(key_source(row, std::move(key)), signer_count());
  if (!prepared) return refused(StoreErrorKind::kUnavailable, prepared.error());
  return add_prepared(actor, row, std::move(*prepared));
}

KeystoreImplementation::MadeKey KeystoreImplementation::add_prepared(const AuditActor& actor, const KeyRow& row,
                                                                     PreparedKey prepared) {
  {
    const std::lock_guard lock(publish_mutex_);
    // What is prepared must never be taken for a change of a key that is there.
    if (builder_.find(row.tenant, row.kid)) {
      return refused(StoreErrorKind::kConflict, fmt::format("key {} exists already", row.kid));
    }
    prepared_.insert_or_assign({row.tenant, row.kid}, std::move(prepared));
  }
  std::promise<MadeKey> promise;
  auto result = promise.get_future();
  store_->add_key(actor, row, [&promise](MadeKey made) { promise.set_value(std::move(made)); });
  auto made = result.get();
  const std::lock_guard lock(publish_mutex_);
  prepared_.erase({row.tenant, row.kid});
  return made;
}

void KeystoreImplementation::export_secret(AuditActor actor, uint32_t tenant, std::string kid,
                                           StoreDone<SecretBytes> done) {
  std::shared_ptr<const SigningKey> key;
  {
    const std::lock_guard lock(publish_mutex_);
    key = builder_.find(tenant, kid);
  }
  if (!key) return done(refused(StoreErrorKind::kNotFound, "there is no such key"));
  auto handed_out = [key, done = std::move(done)](std::expected<KeyStepDone, StoreError> audited) {
    if (!audited) return done(std::unexpected(std::move(audited.error())));
    done(key->private_key->serialise());
  };
  store_->step_key(std::move(actor), {.kind = KeyStep::Kind::kExported, .tenant = tenant, .kid = std::move(kid)},
                   std::move(handed_out));
}

}  // namespace signet
