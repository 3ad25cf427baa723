#include "keystore/store/copy_octets.h"
#include "keystore/store/keys.h"
#include "keystore/store/records.h"
#include "keystore/store/rows.h"

namespace signet::store {
std::string encode_revocation(const RevocationRow& from, const Sha256Digest& chain_hash) {
  records::RevocationRow row;
  row.set_kind(static_cast<uint32_t>(from.revocation.kind));
  row.set_value(from.revocation.value);
  row.set_issued_before_ms(from.revocation.issued_before_ms);
  row.set_expires_at_s(from.revocation.expires_at);
  row.set_revoked_at_ms(from.revoked_at_ms);
  row.set_chain_hash(chain_hash.data(), chain_hash.size());
  return row.SerializeAsString();
}

RevocationCodec::RevocationCodec() : row_(std::make_unique<records::RevocationRow>()) {}
RevocationCodec::~RevocationCodec() = default;

bool RevocationCodec::decode(std::string_view key, std::string_view value, Revocation& revocation) {
  const auto tenant = key_tenant(key);
  if (!tenant || !row_->ParseFromArray(value.data(), static_cast<int>(value.size()))) return false;
  if (row_->kind() == 0 || row_->kind() >= kRevocationKinds) return false;
  revocation.tenant = *tenant;
  revocation.kind = static_cast<RevocationKind>(row_->kind());
  revocation.value.assign(row_->value());
  revocation.issued_before_ms = row_->issued_before_ms();
  revocation.expires_at = row_->expires_at_s();
  return true;
}

std::optional<StoredRevocation> decode_revocation(std::string_view key, std::string_view value) {
  records::RevocationRow row;
  const auto tenant = key_tenant(key);
  const auto sequence = key_number(key);
  if (!tenant || !sequence || !row.ParseFromArray(value.data(), static_cast<int>(value.size()))) return std::nullopt;
  if (row.kind() == 0 || row.kind() >= kRevocationKinds) return std::nullopt;
  StoredRevocation out{.row = {.revocation = {.tenant = *tenant,
                                              .kind = static_cast<RevocationKind>(row.kind()),
                                              .value = row.value(),
                                              .issued_before_ms = row.issued_before_ms(),
                                              .expires_at = row.expires_at_s()},
                               .sequence = *sequence,
                               .revoked_at_ms = row.revoked_at_ms()}};
  if (!copy_octets(row.chain_hash(), out.chain_hash)) return std::nullopt;
  return out;
}

bool revocation_expired(std::string_view value, UnixSeconds safe_now) {
  records::RevocationRow row;
  if (!row.ParseFromArray(value.data(), static_cast<int>(value.size()))) return false;
  return row.expires_at_s() != 0 && revocation_over(row.expires_at_s(), safe_now);
}

std::string encode_feed(const FeedRow& from) {
  records::FeedRow row;
  row.set_sequence(from.sequence);
  row.set_chain_hash(from.chain_hash.data(), from.chain_hash.size());
  return row.SerializeAsString();
}

std::optional<FeedRow> decode_feed(std::string_view value) {
  records::FeedRow row;
  FeedRow out;
  if (!row.ParseFromArray(value.data(), static_cast<int>(value.size()))) return std::nullopt;
  if (!copy_octets(row.chain_hash(), out.chain_hash)) return std::nullopt;
  out.sequence = row.sequence();
  return out;
}

std::string revocation_key(uint32_t tenant, uint64_t sequence) { return row_key(tenant, sequence); }
std::string feed_key(uint32_t tenant) { return tenant_prefix(tenant); }

}  // namespace signet::store
