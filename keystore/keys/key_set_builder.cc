#include "keystore/keys/key_set_builder.h"

#include <algorithm>
#include <utility>

#include "protocol/base/base64url.h"
#include "protocol/base/digest.h"
#include "protocol/oauth/metadata.h"

namespace signet {
namespace {

constexpr uint32_t kDefaultTenant = 0;

// A strong entity tag (RFC 9110 8.8.3): half of the document's SHA-256.
std::string entity_tag(std::string_view document) {
  const Sha256Digest digest = sha256(as_bytes(document));
  const ByteSpan half = ByteSpan(digest).first(16);
  std::string tag(base64url_encoded_size(half.size()) + 2, '"');
  base64url_encode(half, tag.data() + 1);
  return tag;
}

// What verifiers must know: keys that sign, will sign, or signed tokens that may still live. HMAC keys never, nor those
// of dialects: an ordinary verifier would take their tokens for access tokens.
bool is_published(const SigningKey& key) {
  if (!key.dialect.empty()) return false;
  return key.status == KeyStatus::kPending || key.status == KeyStatus::kActive || key.status == KeyStatus::kRetiring;
}

}  // namespace

struct KeySetBuilder::Tenant {
  struct Key {
    std::shared_ptr<const SigningKey> key;
    std::optional<Jwk> public_jwk;
  };
  std::string name;
  UnixSeconds created_at = 0;
  TenantLimits limits;
  std::vector<Key> keys;                       // ordered by creation, then kid
  std::shared_ptr<const TenantKeys> rendered;  // null when something changed since
};

KeySetBuilder::KeySetBuilder(std::string issuer) : issuer_(std::move(issuer)) {
  put_tenant(kDefaultTenant, "default", 0);
}

KeySetBuilder::~KeySetBuilder() = default;

void KeySetBuilder::set_issuer(std::string issuer) {
  if (issuer == issuer_) return;
  issuer_ = std::move(issuer);
  for (auto& [number, tenant] : tenants_) tenant.rendered.reset();
}

void KeySetBuilder::set_schedule(KeySchedule schedule, const KeyTerms& new_key) {
  if (schedule == schedule_ && new_key == new_key_) return;
  schedule_ = std::move(schedule);
  new_key_ = new_key;
  for (auto& [number, tenant] : tenants_) tenant.rendered.reset();
}

void KeySetBuilder::put_tenant(uint32_t number, std::string name, UnixSeconds created_at, const TenantLimits& limits) {
  Tenant& tenant = tenants_[number];
  tenant.name = std::move(name);
  tenant.created_at = created_at;
  tenant.limits = limits;
  tenant.rendered.reset();
}

void KeySetBuilder::remove_tenant(uint32_t number) {
  if (number != kDefaultTenant) tenants_.erase(number);
}

bool KeySetBuilder::has_tenant(uint32_t number) const { return tenants_.contains(number); }

bool KeySetBuilder::put_key(uint32_t number, PreparedKey prepared) {
  const auto found = tenants_.find(number);
  if (found == tenants_.end()) return false;
  Tenant& tenant = found->second;
  tenant.rendered.reset();
  std::erase_if(tenant.keys, [&](const Tenant::Key& old) { return old.key->kid == prepared.key->kid; });
  tenant.keys.push_back({std::shared_ptr<const SigningKey>(std::move(prepared.key)), std::move(prepared.public_jwk)});
  const auto place = [](const Tenant::Key& entry) { return std::tie(entry.key->created_at, entry.key->kid); };
  std::ranges::sort(tenant.keys, {}, place);
  return true;
}

void KeySetBuilder::remove_key(uint32_t number, std::string_view kid) {
  const auto found = tenants_.find(number);
  if (found == tenants_.end()) return;
  if (std::erase_if(found->second.keys, [&](const Tenant::Key& entry) { return entry.key->kid == kid; }) != 0) {
    found->second.rendered.reset();
  }
}

std::shared_ptr<const SigningKey> KeySetBuilder::find(uint32_t number, std::string_view kid) const {
  const auto found = tenants_.find(number);
  if (found == tenants_.end()) return nullptr;
  const auto& keys = found->second.keys;
  const auto key = std::ranges::find_if(keys, [&](const Tenant::Key& entry) { return entry.key->kid == kid; });
  return key == keys.end() ? nullptr : key->key;
}

std::vector<std::shared_ptr<const SigningKey>> KeySetBuilder::in_place(uint32_t number, JwsAlgorithm algorithm,
                                                                       std::string_view audience,
                                                                       std::string_view dialect) const {
  std::vector<std::shared_ptr<const SigningKey>> same;
  const auto found = tenants_.find(number);
  if (found == tenants_.end()) return same;
  for (const auto& [key, public_jwk] : found->second.keys) {
    // A dialect has one active key, of whatever algorithm.
    const bool fits = dialect.empty() ? key->algorithm == algorithm && key->audience == audience : true;
    if (key->dialect == dialect && fits) same.push_back(key);
  }
  return same;
}

bool KeySetBuilder::has_key_for(uint32_t number, JwsAlgorithm algorithm, std::string_view audience) const {
  return !in_place(number, algorithm, audience, {}).empty();
}

bool KeySetBuilder::has_dialect_key(uint32_t number, std::string_view dialect) const {
  return std::ranges::any_of(in_place(number, {}, {}, dialect),
                             [](const auto& key) { return key->status == KeyStatus::kActive; });
}

void KeySetBuilder::render(Tenant& tenant, uint32_t number) const {
  auto rendered = std::make_shared<TenantKeys>();
  rendered->tenant = number;
  rendered->name = tenant.name;
  rendered->created_at = tenant.created_at;
  rendered->limits = tenant.limits;
  rendered->issuer = number == kDefaultTenant ? issuer_ : issuer_ + "/t/" + tenant.name;
  std::vector<Jwk> published;
  for (const auto& [key, public_jwk] : tenant.keys) {
    rendered->keys.push_back(key);
    if (public_jwk && is_published(*key)) published.push_back(*public_jwk);
  }
  rendered->jwks = write_jwks(published);
  rendered->jwks_etag = entity_tag(rendered->jwks);
  rendered->metadata = write_authorization_server_metadata(rendered->issuer);
  rendered->metadata_etag = entity_tag(rendered->metadata);
  rendered->index();
  rendered->key_steps = published_key_steps(*rendered, schedule_, new_key_);
  tenant.rendered = std::move(rendered);
}

std::unique_ptr<const KeySet> KeySetBuilder::build() {
  auto set = std::make_unique<KeySet>();
  set->tenants.reserve(tenants_.size());
  for (auto& [number, tenant] : tenants_) {
    if (!tenant.rendered) render(tenant, number);
    set->tenants.push_back(tenant.rendered);
  }
  set->index();
  return set;
}

}  // namespace signet
