#include "keystore/keys/key_set.h"

#include <algorithm>
#include <tuple>

namespace signet {
namespace {

size_t slot_of(JwsAlgorithm algorithm) { return static_cast<size_t>(algorithm); }
static_assert(std::tuple_size_v<decltype(TenantKeys::active_asymmetric)> > static_cast<size_t>(JwsAlgorithm::kHS512));

std::pair<JwsAlgorithm, std::string_view> symmetric_place(const SigningKey* key) {
  return {key->algorithm, key->audience};
}

}  // namespace

bool valid_dialect_name(std::string_view name) {
  constexpr size_t kSizeMax = 32;
  const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto allowed = [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '-'; };
  return !name.empty() && name.size() <= kSizeMax && letter(name.front()) && std::ranges::all_of(name, allowed);
}

KeyLife key_life(const SigningKey& key) {
  return {.status = key.status,
          .dialect = !key.dialect.empty(),
          .symmetric = is_symmetric(key.algorithm),
          .published_at = key.created_at,
          .activated_at = key.activated_at,
          .terms = key.terms};
}

void TenantKeys::index() {
  active_asymmetric.fill(nullptr);
  active_symmetric.clear();
  active_of_dialect.clear();
  ordered_by_kid.clear();
  ordered_by_revision.clear();
  ordered_by_header.clear();
  for (const auto& key : keys) {
    ordered_by_revision.push_back(key.get());
    if (!key->dialect.empty()) {
      if (key->status == KeyStatus::kActive) active_of_dialect.push_back(key.get());
      continue;
    }
    ordered_by_kid.push_back(key.get());
    ordered_by_header.push_back(key.get());
    if (key->status != KeyStatus::kActive) continue;
    if (is_symmetric(key->algorithm)) {
      active_symmetric.push_back(key.get());
    } else {
      active_asymmetric[slot_of(key->algorithm)] = key.get();
    }
  }
  std::ranges::sort(active_symmetric, {}, symmetric_place);
  std::ranges::sort(active_of_dialect, {}, &SigningKey::dialect);
  std::ranges::sort(ordered_by_kid, {}, &SigningKey::kid);
  std::ranges::sort(ordered_by_revision, {}, &SigningKey::revision);
  std::ranges::sort(ordered_by_header, {}, &SigningKey::encoded_header);
}

const SigningKey* TenantKeys::active(JwsAlgorithm algorithm, std::string_view audience) const {
  if (!is_symmetric(algorithm)) return active_asymmetric[slot_of(algorithm)];
  const std::pair wanted(algorithm, audience);
  const auto found = std::ranges::lower_bound(active_symmetric, wanted, {}, symmetric_place);
  return found != active_symmetric.end() && symmetric_place(*found) == wanted ? *found : nullptr;
}

const SigningKey* TenantKeys::by_kid(std::string_view kid) const {
  const auto kid_of = [](const SigningKey* key) { return std::string_view(key->kid); };
  const auto found = std::ranges::lower_bound(ordered_by_kid, kid, {}, kid_of);
  return found != ordered_by_kid.end() && (*found)->kid == kid ? *found : nullptr;
}

const SigningKey* TenantKeys::by_header(std::string_view encoded_header) const {
  const auto header_of = [](const SigningKey* key) { return std::string_view(key->encoded_header); };
  const auto found = std::ranges::lower_bound(ordered_by_header, encoded_header, {}, header_of);
  return found != ordered_by_header.end() && (*found)->encoded_header == encoded_header ? *found : nullptr;
}

const SigningKey* TenantKeys::by_revision(uint64_t revision) const {
  const auto found = std::ranges::lower_bound(ordered_by_revision, revision, {}, &SigningKey::revision);
  return found != ordered_by_revision.end() && (*found)->revision == revision ? *found : nullptr;
}

const SigningKey* TenantKeys::by_late_revision(uint64_t revision) const {
  if (const SigningKey* key = by_revision(revision)) return key;
  const auto was = std::ranges::find_if(keys, [&](const auto& one) { return one->signed_as == revision; });
  return was == keys.end() ? nullptr : was->get();
}

const SigningKey* TenantKeys::dialect_key(std::string_view dialect) const {
  const auto dialect_of = [](const SigningKey* key) { return std::string_view(key->dialect); };
  const auto found = std::ranges::lower_bound(active_of_dialect, dialect, {}, dialect_of);
  return found != active_of_dialect.end() && (*found)->dialect == dialect ? *found : nullptr;
}

const SigningKey* TenantKeys::any_by_kid(std::string_view kid) const {
  const auto found = std::ranges::find_if(keys, [&](const auto& key) { return key->kid == kid; });
  return found == keys.end() ? nullptr : found->get();
}

void KeySet::index() {
  ordered_by_name.clear();
  for (const auto& tenant : tenants) ordered_by_name.push_back(tenant.get());
  std::ranges::sort(ordered_by_name, {}, &TenantKeys::name);
}

const TenantKeys* KeySet::tenant(uint32_t number) const {
  // The default tenant is number 0 and always there.
  if (!tenants.empty() && tenants.front()->tenant == number) return tenants.front().get();
  const auto number_of = [](const auto& tenant) { return tenant->tenant; };
  const auto found = std::ranges::lower_bound(tenants, number, {}, number_of);
  return found != tenants.end() && (*found)->tenant == number ? found->get() : nullptr;
}

const TenantKeys* KeySet::tenant_by_name(std::string_view name) const {
  const auto name_of = [](const TenantKeys* tenant) { return std::string_view(tenant->name); };
  const auto found = std::ranges::lower_bound(ordered_by_name, name, {}, name_of);
  return found != ordered_by_name.end() && (*found)->name == name ? *found : nullptr;
}

}  // namespace signet
