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
  std::string kid(base64url_encoded_size(random.size()), '\0');
  base64url_encode(random, kid.data());
  return kid;
}

std::unexpected<StoreError> refused(StoreErrorKind kind, std::string text) {
  return std::unexpected(StoreError{kind, std::move(text)});
}

StoreError no_tenant(uint32_t tenant) {
  return {StoreErrorKind::kNotFound, fmt::format("there is no tenant number {}", tenant)};
}

}  // namespace

void KeystoreImplementation::generate_key(AuditActor actor, uint32_t tenant, KeyPurpose purpose,
                                          StoreDone<KeyRow> done) {
  if (auto checked = check_key_purpose(purpose); !checked) return done(std::unexpected(std::move(checked.error())));
  generator_->submit({std::move(actor), tenant, std::move(purpose)}, std::move(done));
}

// Verifiers have cached the tenant's documents once it has a key: any further one waits its lead. Those of dialects are
// in no document; one more waits while another signs.
KeyStatus KeystoreImplementation::status_of_new_key(uint32_t tenant, const KeyPurpose& purpose) const {
  const bool waits = purpose.dialect.empty() ? builder_.has_key_for(tenant, purpose.algorithm, purpose.audience)
                                             : builder_.has_dialect_key(tenant, purpose.dialect);
  return waits ? KeyStatus::kPending : KeyStatus::kActive;
}

KeyGenerator::Made KeystoreImplementation::make_key(const KeyWish& wish) {
  const KeyPurpose& purpose = wish.purpose;
  KeyRow row{
      .tenant = wish.tenant, .algorithm = purpose.algorithm, .audience = purpose.audience, .dialect = purpose.dialect};
  {
    const std::lock_guard lock(publish_mutex_);
    if (!builder_.has_tenant(wish.tenant)) return std::unexpected(no_tenant(wish.tenant));
    row.status = status_of_new_key(wish.tenant, purpose);
  }
  const int rsa_bits = purpose.bits == 0 ? kRsaBitsDefault : purpose.bits;
  auto key = generate_private_key(purpose.algorithm, rsa_bits);
  if (!key) return refused(StoreErrorKind::kUnavailable, "the signing library made no usable key");
  auto jwk = (*key)->public_jwk();
  row.kid = make_kid(jwk);
  row.bits = (*key)->bits();
  if (jwk) {
    jwk->kid = row.kid;
    row.public_jwk = write_jwk(*jwk);
  }
  auto sealed = seal_private_key(*vault_, row, **key);
  if (!sealed) return refused(StoreErrorKind::kUnavailable, std::string(vault_error_text(sealed.error())));
  row.sealed_private = std::move(*sealed);
  auto prepared = prepare_key(key_source(row, std::move(*key)), signer_count());
  if (!prepared) return refused(StoreErrorKind::kUnavailable, prepared.error());
  return add_prepared(wish.actor, row, std::move(*prepared));
}

std::expected<KeyRow, StoreError> KeystoreImplementation::add_prepared(const AuditActor& actor, const KeyRow& row,
                                                                       PreparedKey prepared) {
  {
    const std::lock_guard lock(publish_mutex_);
    prepared_.insert_or_assign({row.tenant, row.kid}, std::move(prepared));
  }
  std::promise<KeyGenerator::Made> promise;
  auto result = promise.get_future();
  store_->add_key(actor, row, [&promise](KeyGenerator::Made made) { promise.set_value(std::move(made)); });
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
  if (!is_symmetric(key->algorithm)) {
    return done(
        refused(StoreErrorKind::kInvalid, "only HMAC keys are shared: the private half of this one never leaves"));
  }
  if (!key->private_key) return done(refused(StoreErrorKind::kInvalid, "the key's secret was erased"));
  // Neither needs escaping: the kid is one that the store knows.
  const std::string detail = fmt::format(R"({{"tenant":{},"kid":"{}"}})", tenant, key->kid);
  store_->append_audit(std::move(actor), "key.export-secret", detail,
                       [key, done = std::move(done)](std::expected<void, StoreError> audited) {
                         if (!audited) return done(std::unexpected(std::move(audited.error())));
                         done(key->private_key->serialise());
                       });
}

}  // namespace signet
