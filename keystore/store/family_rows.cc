#include "keystore/store/family_rows.h"

#include <algorithm>

#include "keystore/store/copy_octets.h"
#include "keystore/store/keys.h"
#include "keystore/store/record_numbers.h"
#include "keystore/store/records.h"

namespace signet::store {
namespace {

constexpr size_t kTenantSize = 4;
constexpr size_t kNameHashSize = 8;
constexpr size_t kNamePrefixSize = kTenantSize + 1 + kNameHashSize;

template <typename Octets>
void set_octets(std::string& to, const Octets& from) {
  to.assign(reinterpret_cast<const char*>(from.data()), from.size());
}

template <typename Message>
bool parse(Message& message, std::string_view value) {
  return message.ParseFromArray(value.data(), static_cast<int>(value.size()));
}

// Their memory is reused from row to row.
records::RefreshFamilyRow& scratch_row() {
  thread_local records::RefreshFamilyRow row;
  row.Clear();
  return row;
}

UnixSeconds created_s(const records::RefreshFamilyRow& row) { return row.created_ms() / 1000; }

void put_rotation(const RotationState& from, records::RefreshFamilyRow& row) {
  row.set_sequence(from.sequence);
  row.set_key_version_less_1(from.key_version - 1U);
  set_octets(*row.mutable_current_hash(), from.current_hash);
  if (from.sequence == 1) return;
  set_octets(*row.mutable_previous_hash(), from.previous_hash);
  set_octets(*row.mutable_salt(), from.salt);
  row.set_rotated_service_ms(from.rotated_ms);
  if (from.sequence > 2) row.set_before_that_ms(from.rotated_ms - from.rotated_before_ms);
}

bool take_rotation(const records::RefreshFamilyRow& row, RotationState& to) {
  to = {.sequence = row.sequence(), .key_version = static_cast<uint8_t>(row.key_version_less_1() + 1)};
  if (row.sequence() == 0 || row.key_version_less_1() >= UINT8_MAX) return false;
  if (!copy_octets(row.current_hash(), to.current_hash)) return false;
  if (row.sequence() == 1) return true;
  if (!copy_octets(row.previous_hash(), to.previous_hash) || !copy_octets(row.salt(), to.salt)) return false;
  to.rotated_ms = row.rotated_service_ms();
  if (row.sequence() > 2) to.rotated_before_ms = row.rotated_service_ms() - row.before_that_ms();
  return true;
}

}  // namespace

std::string family_key(uint32_t tenant, const FamilyId& id) { return row_key(tenant, as_text(id)); }

std::optional<FamilyId> family_of_key(std::string_view key) {
  FamilyId id;
  if (key.size() != kTenantSize + id.size() || !copy_octets(key_rest(key), id)) return std::nullopt;
  return id;
}

std::string encode_family(const RefreshFamily& family) {
  auto& row = scratch_row();
  row.set_client_id(family.client_id);
  if (family.subject != family.client_id) row.set_subject(family.subject);
  row.set_scope(family.scope);
  for (const auto& audience : family.audiences) row.add_audiences(audience);
  row.set_cnf(family.cnf);
  put_rotation(family.rotation, row);
  row.set_created_ms(family.created_ms);
  row.set_absolute_after_s(family.absolute_expires_at - created_s(row));
  row.set_idle_after_s(family.idle_expires_at - created_s(row));
  if (family.rotated_at != 0) row.set_rotated_after_s(family.rotated_at - created_s(row));
  row.set_status(static_cast<uint32_t>(family.status));
  return row.SerializeAsString();
}

bool decode_family(std::string_view key, std::string_view value, RefreshFamily& family) {
  auto& row = scratch_row();
  const auto tenant = key_tenant(key);
  const auto id = family_of_key(key);
  if (!tenant || !id || !parse(row, value) || !take_rotation(row, family.rotation)) return false;
  if (row.client_id().empty() || row.status() > static_cast<uint32_t>(FamilyStatus::kRevoked)) return false;
  family.tenant = *tenant;
  family.id = *id;
  family.client_id = row.client_id();
  family.subject = row.subject().empty() ? row.client_id() : row.subject();
  family.scope = row.scope();
  family.audiences.assign(row.audiences().begin(), row.audiences().end());
  family.cnf = row.cnf();
  family.status = static_cast<FamilyStatus>(row.status());
  family.created_ms = row.created_ms();
  family.absolute_expires_at = created_s(row) + row.absolute_after_s();
  family.idle_expires_at = created_s(row) + row.idle_after_s();
  family.rotated_at = row.sequence() == 1 ? 0 : created_s(row) + row.rotated_after_s();
  return true;
}

std::string family_name_prefix(uint32_t tenant, FamilyNameKind kind, std::string_view name) {
  std::string key = tenant_prefix(tenant);
  key.push_back(static_cast<char>(kind));
  key.append(as_text(sha256(as_bytes(name))).substr(0, kNameHashSize));
  return key;
}

std::string family_name_key(uint32_t tenant, FamilyNameKind kind, std::string_view name, const FamilyId& id) {
  return family_name_prefix(tenant, kind, name).append(as_text(id));
}

std::optional<FamilyId> family_of_name_key(std::string_view key) {
  FamilyId id;
  if (key.size() != kNamePrefixSize + id.size() || !copy_octets(key.substr(kNamePrefixSize), id)) return std::nullopt;
  return id;
}

std::string encode_family_name(UnixSeconds expires_at) {
  records::FamilyNameRow row;
  row.set_expires_at_s(expires_at);
  return row.SerializeAsString();
}

// A merge asks this of every row, so that it reads three numbers and passes over the rest.
bool family_expired(std::string_view value, UnixSeconds safe_now) {
  using Row = records::RefreshFamilyRow;
  int64_t created_ms = 0, absolute_after_s = 0, idle_after_s = 0;
  const bool whole = read_numbers(value, {{Row::kCreatedMsFieldNumber, created_ms},
                                          {Row::kAbsoluteAfterSFieldNumber, absolute_after_s},
                                          {Row::kIdleAfterSFieldNumber, idle_after_s}});
  return whole && created_ms / 1000 + std::min(idle_after_s, absolute_after_s) < safe_now;
}

bool family_name_expired(std::string_view value, UnixSeconds safe_now) {
  thread_local records::FamilyNameRow row;
  return parse(row, value) && row.expires_at_s() < safe_now;
}

}  // namespace signet::store
