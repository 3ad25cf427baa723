#include "keystore/store/rows.h"

#include <cstring>

#include "keystore/store/keys.h"
#include "keystore/store/records.h"

namespace signet::store {
namespace {

std::optional<JwsAlgorithm> algorithm_of(uint32_t number) {
  for (const JwsAlgorithm algorithm : kAllJwsAlgorithms) {
    if (static_cast<uint32_t>(algorithm) == number) return algorithm;
  }
  return std::nullopt;
}

template <typename Message>
bool parse(Message& message, std::string_view value) {
  return message.ParseFromArray(value.data(), static_cast<int>(value.size()));
}

std::string text(const std::vector<uint8_t>& bytes) { return {bytes.begin(), bytes.end()}; }
std::vector<uint8_t> bytes(const std::string& from) { return {from.begin(), from.end()}; }

bool decode_secrets(const records::ClientRow& row, std::vector<ClientSecret>& out) {
  if (row.secrets_size() > static_cast<int>(kClientSecretsMax)) return false;
  out.resize(static_cast<size_t>(row.secrets_size()));
  for (int i = 0; i < row.secrets_size(); ++i) {
    const auto& from = row.secrets(i);
    auto& to = out[static_cast<size_t>(i)];
    if (from.hash().size() != to.hash.size() || from.pepper_version() > UINT8_MAX) return false;
    std::memcpy(to.hash.data(), from.hash().data(), to.hash.size());
    to.pepper_version = static_cast<uint8_t>(from.pepper_version());
    to.created_at = from.created_at_s();
  }
  return true;
}

void encode_password(const PasswordVerifier& from, records::PasswordHash& to) {
  to.set_salt(from.salt.data(), from.salt.size());
  to.set_hash(from.hash.data(), from.hash.size());
  to.set_memory_kib(from.cost.memory_kib);
  to.set_passes(from.cost.passes);
  to.set_pepper_version(from.pepper_version);
}

bool decode_password(const records::ClientRow& row, std::optional<PasswordVerifier>& out) {
  out.reset();
  if (!row.has_password()) return true;
  const auto& from = row.password();
  PasswordVerifier& to = out.emplace();
  if (from.salt().size() != to.salt.size() || from.hash().size() != to.hash.size() || from.passes() > UINT8_MAX ||
      from.pepper_version() > UINT8_MAX) {
    return false;
  }
  std::memcpy(to.salt.data(), from.salt().data(), to.salt.size());
  std::memcpy(to.hash.data(), from.hash().data(), to.hash.size());
  to.cost = {from.memory_kib(), static_cast<uint8_t>(from.passes())};
  to.pepper_version = static_cast<uint8_t>(from.pepper_version());
  return valid_password_cost(to.cost);
}

// The version octets behind a secret's family and its NUL.
constexpr size_t kSecretVersionSize = 4;

}  // namespace

ClientCodec::ClientCodec() : row_(std::make_unique<records::ClientRow>()) {}
ClientCodec::~ClientCodec() = default;

std::string ClientCodec::encode(const Client& client) {
  auto& row = *row_;
  row.Clear();
  row.set_grants(client.grants);
  row.set_flags(client.flags);
  row.set_scope(client.scope);
  for (const auto& audience : client.audiences) row.add_audiences(audience);
  for (const auto& audience : client.introspect) row.add_introspect(audience);
  row.set_algorithm(static_cast<uint32_t>(client.algorithm));
  row.set_ttl_s(client.ttl_s);
  for (const auto& secret : client.secrets) {
    auto& to = *row.add_secrets();
    to.set_hash(secret.hash.data(), secret.hash.size());
    to.set_pepper_version(secret.pepper_version);
    to.set_created_at_s(secret.created_at);
  }
  if (client.password) encode_password(*client.password, *row.mutable_password());
  row.set_created_at_s(client.created_at);
  row.set_revision(client.revision);
  return row.SerializeAsString();
}

bool ClientCodec::decode(std::string_view value, Client& client) {
  auto& row = *row_;
  if (!parse(row, value)) return false;
  const auto algorithm = algorithm_of(row.algorithm());
  if (!algorithm || !decode_secrets(row, client.secrets) || !decode_password(row, client.password)) return false;
  client.grants = row.grants();
  client.flags = row.flags();
  client.scope = row.scope();
  client.audiences.assign(row.audiences().begin(), row.audiences().end());
  client.introspect.assign(row.introspect().begin(), row.introspect().end());
  client.algorithm = *algorithm;
  client.ttl_s = row.ttl_s();
  client.created_at = row.created_at_s();
  client.revision = row.revision();
  return true;
}

std::string encode_tenant(const TenantRow& from) {
  records::TenantRow row;
  row.set_name(from.name);
  row.set_created_at_s(from.created_at);
  row.set_clients_max(from.limits.clients_max);
  row.set_ttl_max_s(from.limits.ttl_max_s);
  row.set_key_rotation_s(from.limits.key_rotation_s);
  row.set_key_rotation_off(from.limits.key_rotation_off);
  row.set_rate_per_s(from.limits.rate_per_s);
  row.set_burst(from.limits.burst);
  return row.SerializeAsString();
}

std::optional<TenantRow> decode_tenant(uint32_t number, std::string_view value) {
  records::TenantRow row;
  if (!parse(row, value)) return std::nullopt;
  TenantRow tenant{.number = number,
                   .name = row.name(),
                   .created_at = row.created_at_s(),
                   .limits = {.clients_max = row.clients_max(),
                              .ttl_max_s = row.ttl_max_s(),
                              .key_rotation_s = row.key_rotation_s(),
                              .key_rotation_off = row.key_rotation_off(),
                              .rate_per_s = row.rate_per_s(),
                              .burst = row.burst()}};
  if (!tenant_limits_fault(tenant.limits).empty()) return std::nullopt;
  return tenant;
}

std::string encode_tenant_number(uint32_t number) {
  records::TenantNameRow row;
  row.set_number(number);
  return row.SerializeAsString();
}

std::optional<uint32_t> decode_tenant_number(std::string_view value) {
  records::TenantNameRow row;
  if (!parse(row, value)) return std::nullopt;
  return row.number();
}

std::string encode_key(const KeyRow& from) {
  records::KeyRow row;
  row.set_algorithm(static_cast<uint32_t>(from.algorithm));
  row.set_status(static_cast<uint32_t>(from.status));
  row.set_audience(from.audience);
  row.set_bits(from.bits);
  row.set_public_jwk(from.public_jwk);
  row.set_sealed_private(text(from.sealed_private));
  row.set_created_at_s(from.created_at);
  row.set_activated_at_s(from.activated_at);
  row.set_revision(from.revision);
  row.set_dialect(from.dialect);
  row.set_activate_at_s(from.terms.activate_at);
  row.set_retiring_at_s(from.terms.retiring_at);
  row.set_retired_at_s(from.terms.retired_at);
  row.set_destroyed_at_s(from.terms.destroyed_at);
  row.set_exported_at_s(from.terms.exported_at);
  row.set_max_age_s(from.terms.max_age_s);
  row.set_lifetime_s(from.terms.lifetime_s);
  row.set_location(from.location);
  row.set_sealed_location(text(from.sealed_location));
  return row.SerializeAsString();
}

std::optional<KeyRow> decode_key(std::string_view key, std::string_view value) {
  records::KeyRow row;
  const auto tenant = key_tenant(key);
  if (!tenant || !parse(row, value)) return std::nullopt;
  const auto algorithm = algorithm_of(row.algorithm());
  const bool known_status = row.status() >= static_cast<uint32_t>(KeyStatus::kPending) &&
                            row.status() <= static_cast<uint32_t>(KeyStatus::kDestroyed);
  if (!algorithm || !known_status) return std::nullopt;
  return KeyRow{.tenant = *tenant,
                .kid = std::string(key_rest(key)),
                .algorithm = *algorithm,
                .status = static_cast<KeyStatus>(row.status()),
                .audience = row.audience(),
                .dialect = row.dialect(),
                .bits = row.bits(),
                .public_jwk = row.public_jwk(),
                .sealed_private = bytes(row.sealed_private()),
                .created_at = row.created_at_s(),
                .activated_at = row.activated_at_s(),
                .terms = {.activate_at = row.activate_at_s(),
                          .retiring_at = row.retiring_at_s(),
                          .retired_at = row.retired_at_s(),
                          .destroyed_at = row.destroyed_at_s(),
                          .exported_at = row.exported_at_s(),
                          .max_age_s = row.max_age_s(),
                          .lifetime_s = row.lifetime_s()},
                .revision = row.revision(),
                .location = row.location(),
                .sealed_location = bytes(row.sealed_location())};
}

std::string encode_secret(const SecretRow& from) {
  records::SecretRow row;
  row.set_sealed(text(from.sealed));
  return row.SerializeAsString();
}

std::optional<SecretRow> decode_secret(std::string_view key, std::string_view value) {
  records::SecretRow row;
  if (!key_tenant(key) || !parse(row, value)) return std::nullopt;
  const auto rest = key_rest(key);
  if (rest.size() < kSecretVersionSize + 1) return std::nullopt;
  const auto version = key_tenant(rest.substr(rest.size() - kSecretVersionSize));
  const auto family = rest.substr(0, rest.size() - kSecretVersionSize - 1);
  return SecretRow{.family = std::string(family), .version = *version, .sealed = bytes(row.sealed())};
}

std::string encode_last_used(const LastUsedRow& from) {
  records::LastUsedRow row;
  for (const uint32_t minute : from.minutes) row.add_minutes(minute);
  return row.SerializeAsString();
}

std::optional<LastUsedRow> decode_last_used(std::string_view key, std::string_view value) {
  records::LastUsedRow row;
  const auto tenant = key_tenant(key);
  if (!tenant || !parse(row, value) || row.minutes_size() > static_cast<int>(kClientSecretsMax)) return std::nullopt;
  LastUsedRow out{.tenant = *tenant, .client_id = std::string(key_rest(key))};
  for (int i = 0; i < row.minutes_size(); ++i) out.minutes[static_cast<size_t>(i)] = row.minutes(i);
  return out;
}

std::string client_key(uint32_t tenant, std::string_view client_id) { return row_key(tenant, client_id); }
std::string signing_key_key(uint32_t tenant, std::string_view kid) { return row_key(tenant, kid); }
std::string tenant_key(uint32_t number) { return tenant_prefix(number); }
std::string tenant_name_key(std::string_view name) { return row_key(kNoTenant, name); }

std::string removed_tenant_key(std::string_view name) {
  std::string rest(kRemovedTenantPrefix);
  rest.append(name);
  return row_key(kNoTenant, rest);
}

std::string secret_key(std::string_view family, uint32_t version) {
  std::string rest(family);
  rest.push_back('\0');
  rest.append(tenant_prefix(version));  // the same four octets big-endian
  return row_key(kNoTenant, rest);
}

}  // namespace signet::store
