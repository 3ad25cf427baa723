#include "keystore/store/commit_state.h"

#include <cstring>

#include "keystore/store/copy_octets.h"
#include "keystore/store/keys.h"
#include "keystore/store/records.h"
#include "protocol/base/bytes.h"

namespace signet::store {
namespace {

std::string text(const Sha256Digest& digest) { return {digest.begin(), digest.end()}; }

}  // namespace

std::string encode_state(const CommitState& state) {
  records::StateRow row;
  row.set_commit(state.commit);
  row.set_chain_hash(text(state.chain_hash));
  row.set_revision(state.revision);
  row.set_next_tenant(state.next_tenant);
  row.set_audit_sequence(state.audit_sequence);
  row.set_audit_hash(text(state.audit_hash));
  row.set_safe_time_ms(state.time.safe_ms);
  row.set_wall_ms(state.time.wall_ms);
  row.set_uptime_ms(state.time.uptime_ms);
  row.set_boot_id(state.time.boot_id);
  row.set_feed_epoch(state.feed_epoch);
  row.set_service_ms(state.time.service_ms);
  const RestorePoint& restore = state.restore_point;
  row.set_restored_ms(restore.at_ms);
  row.set_families_ended_ms(restore.families_ended_ms);
  row.set_api_tokens_suspended_ms(restore.api_tokens_suspended_ms);
  for (const auto& tenant : restore.grants) {
    auto* to = row.add_restored_tenants();
    to->set_tenant(tenant.tenant);
    to->set_issued_before_ms(tenant.issued_before_ms);
  }
  row.set_anchored(state.anchored);
  row.set_audit_base_sequence(state.audit_log.base_sequence);
  if (state.audit_log.base_sequence != 0) row.set_audit_base_hash(text(state.audit_log.base_hash));
  row.set_audit_exported(state.audit_log.exported);
  return row.SerializeAsString();
}

std::optional<CommitState> decode_state(std::string_view value) {
  records::StateRow row;
  if (!row.ParseFromArray(value.data(), static_cast<int>(value.size()))) return std::nullopt;
  CommitState state;
  state.commit = row.commit();
  state.revision = row.revision();
  state.next_tenant = row.next_tenant();
  state.audit_sequence = row.audit_sequence();
  state.time = {row.safe_time_ms(), row.wall_ms(), row.uptime_ms(), row.boot_id(), row.service_ms()};
  state.feed_epoch = row.feed_epoch();
  state.restore_point = {.at_ms = row.restored_ms(),
                         .families_ended_ms = row.families_ended_ms(),
                         .api_tokens_suspended_ms = row.api_tokens_suspended_ms(),
                         .grants = {}};
  for (const auto& tenant : row.restored_tenants()) {
    state.restore_point.grants.push_back({tenant.tenant(), tenant.issued_before_ms()});
  }
  state.anchored = row.anchored();
  if (!copy_octets(row.chain_hash(), state.chain_hash) || !copy_octets(row.audit_hash(), state.audit_hash)) {
    return std::nullopt;
  }
  state.audit_log = {.base_sequence = row.audit_base_sequence(), .base_hash = {}, .exported = row.audit_exported()};
  if (state.audit_log.base_sequence != 0 && !copy_octets(row.audit_base_hash(), state.audit_log.base_hash)) {
    return std::nullopt;
  }
  return state;
}

Sha256Digest next_chain_hash(const Sha256Digest& before, uint64_t commit, std::string_view contents) {
  const auto of_contents = sha256(as_bytes(contents));
  std::array<uint8_t, 32 + 8 + 32> link;
  std::memcpy(link.data(), before.data(), before.size());
  for (size_t i = 0; i < 8; ++i) link[32 + i] = static_cast<uint8_t>(commit >> (56 - 8 * i));
  std::memcpy(link.data() + 40, of_contents.data(), of_contents.size());
  return sha256(link);
}

std::string commit_key(uint64_t commit) { return row_key(kNoTenant, commit % kCommitRing); }

std::string encode_commit(uint64_t commit, const Sha256Digest& chain_hash) {
  records::CommitRow row;
  row.set_commit(commit);
  row.set_chain_hash(text(chain_hash));
  return row.SerializeAsString();
}

std::optional<CommitRecord> decode_commit(std::string_view value) {
  records::CommitRow row;
  CommitRecord record;
  if (!row.ParseFromArray(value.data(), static_cast<int>(value.size()))) return std::nullopt;
  if (!copy_octets(row.chain_hash(), record.chain_hash)) return std::nullopt;
  record.commit = row.commit();
  return record;
}

}  // namespace signet::store
