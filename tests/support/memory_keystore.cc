#include "tests/support/memory_keystore.h"

#include "protocol/base/check.h"
#include "protocol/jose/jwk.h"

namespace signet {

MemoryKeystore::MemoryKeystore(size_t workers)
    : workers_(workers), directory_(domain_), builder_("http://127.0.0.1:8420") {
  HashKey key;
  key.fill(7);
  pepper_ = std::make_unique<Pepper>(1, std::span<const HashKey>(&key, 1));
  passwords_ = std::make_unique<PasswordCheck>(*pepper_, PasswordCost{.memory_kib = 8, .passes = 1});
  family_keys_ = std::make_unique<FamilyKeys>(1, std::span<const HashKey>(&key, 1));
  keys_ = std::make_unique<Published<KeySet>>(builder_.build());
  configurations_ = std::make_unique<Published<DialectConfigurations>>(configuration_builder_.build());
}

MemoryKeystore::~MemoryKeystore() = default;

std::string MemoryKeystore::add_key(JwsAlgorithm algorithm, std::string audience, uint32_t tenant) {
  return make_key(tenant, {.algorithm = algorithm, .audience = std::move(audience)});
}

std::string MemoryKeystore::add_dialect_key(JwsAlgorithm algorithm, std::string dialect, uint32_t tenant) {
  return make_key(tenant, {.algorithm = algorithm, .dialect = std::move(dialect)});
}

std::string MemoryKeystore::make_key(uint32_t tenant, KeySource source) {
  auto generated = generate_private_key(source.algorithm, 3072);
  SIGNET_CHECK(generated.has_value());
  source.status = KeyStatus::kActive;
  source.revision = revision_++;
  source.private_key = *generated;
  source.bits = (*generated)->bits();
  source.kid = "hmac-" + std::to_string(source.revision);
  if (auto jwk = (*generated)->public_jwk()) {
    jwk->kid = jwk_thumbprint(*jwk);
    source.kid = jwk->kid;
    source.public_jwk = write_jwk(*jwk);
  }
  made_.push_back({tenant, source});
  publish(tenant, source);
  return source.kid;
}

void MemoryKeystore::publish(uint32_t tenant, KeySource source) {
  auto prepared = prepare_key(std::move(source), workers_);
  SIGNET_CHECK(prepared.has_value());
  SIGNET_CHECK(builder_.put_key(tenant, *std::move(prepared)));
  keys_->publish(builder_.build(), domain_);
}

void MemoryKeystore::set_key_status(std::string_view kid, KeyStatus status) {
  for (const MadeKey& made : made_) {
    if (made.source.kid != kid) continue;
    KeySource source = made.source;
    source.status = status;
    source.revision = revision_++;
    if (status != KeyStatus::kActive && status != KeyStatus::kPending) source.private_key.reset();
    return publish(made.tenant, std::move(source));
  }
  std::abort();
}

void MemoryKeystore::schedule_keys(KeySchedule schedule, const KeyTerms& new_key) {
  builder_.set_schedule(std::move(schedule), new_key);
  keys_->publish(builder_.build(), domain_);
}

void MemoryKeystore::add_tenant(uint32_t number, std::string name, const TenantLimits& limits) {
  builder_.put_tenant(number, std::move(name), 1'700'000'000, limits);
  keys_->publish(builder_.build(), domain_);
}

void MemoryKeystore::change_issuer(std::string issuer) {
  builder_.set_issuer(std::move(issuer));
  keys_->publish(builder_.build(), domain_);
}

void MemoryKeystore::remove_tenant(uint32_t number) {
  builder_.remove_tenant(number);
  keys_->publish(builder_.build(), domain_);
}

void MemoryKeystore::add_client(Client client, std::string_view secret) {
  client.secrets = {pepper_->hash(client.tenant, client.client_id, secret, 1'700'000'000)};
  put_client(std::move(client));
}

void MemoryKeystore::put_client(Client client) {
  client.revision = revision_++;
  const ClientDirectory::Change change{client.tenant, client.client_id, &client};
  directory_.apply({&change, 1});
}

void MemoryKeystore::remove_client(uint32_t tenant, std::string_view client_id) {
  const ClientDirectory::Change change{tenant, client_id, nullptr};
  directory_.apply({&change, 1});
}

void MemoryKeystore::put_configuration(uint32_t tenant, std::string id, std::string_view value) {
  auto octets = LockedBytes::copy_of(as_bytes(value));
  SIGNET_CHECK(octets.has_value());
  configuration_builder_.put(
      {tenant, std::move(id), revision_++, std::make_shared<const LockedBytes>(std::move(*octets))});
  configurations_->publish(configuration_builder_.build(), domain_);
}

void MemoryKeystore::note_used(size_t, uint32_t, std::string_view) {}

Store& MemoryKeystore::store() {
  SIGNET_CHECK(store_ != nullptr);
  return *store_;
}
const Vault& MemoryKeystore::vault() const { std::abort(); }
void MemoryKeystore::generate_key(AuditActor, uint32_t, KeyPurpose, StoreDone<KeyRow>) { std::abort(); }
void MemoryKeystore::export_secret(AuditActor, uint32_t, std::string, StoreDone<SecretBytes>) { std::abort(); }
void MemoryKeystore::hash_passwords(std::vector<PasswordWish>, StoreDone<std::vector<PasswordVerifier>>) {
  std::abort();
}
void MemoryKeystore::set_issuer(std::string, StoreDone<void>) { std::abort(); }

}  // namespace signet
