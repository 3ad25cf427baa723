#include "keystore/store/audit_chain.h"

#include <cstring>
#include <vector>

#include "keystore/store/copy_octets.h"
#include "keystore/store/keys.h"
#include "keystore/store/records.h"
#include "protocol/base/bytes.h"
#include "protocol/json/writer.h"

namespace signet::store {
namespace {

Sha256Digest next_hash(const Sha256Digest& before, std::string_view record) {
  return sha256_of(before, as_bytes(record));
}

template <typename Strings>
void write_strings(JsonWriter& json, const Strings& strings) {
  json.begin_array();
  for (const auto& text : strings) json.string(text);
  json.end_array();
}

}  // namespace

AuditRowBytes next_audit_row(const AuditEntry& entry, UnixMs now_ms, uint64_t commit, CommitState& state) {
  records::AuditRecord record;
  record.set_sequence(++state.audit_sequence);
  record.set_commit(commit);
  record.set_time_ms(now_ms);
  record.set_uid(entry.actor.uid);
  record.set_pid(entry.actor.pid);
  record.set_via(entry.actor.via);
  record.set_tenant(entry.tenant);
  record.set_what(std::string(entry.what));
  record.set_subject(std::string(entry.subject));
  record.set_before(entry.before);
  record.set_after(entry.after);
  record.set_issued(std::string(entry.issued));
  records::AuditRow row;
  row.set_record(record.SerializeAsString());
  state.audit_hash = next_hash(state.audit_hash, row.record());
  row.set_hash(state.audit_hash.data(), state.audit_hash.size());
  return {row_key(kNoTenant, state.audit_sequence), row.SerializeAsString()};
}

std::optional<AuditRowView> AuditChainCheck::follow(std::string_view value) {
  const auto row = view_audit_row(value);
  if (!row || row->sequence != sequence_ + 1) return std::nullopt;
  const Sha256Digest hash = next_hash(hash_, row->record);
  if (row->hash != as_text(hash)) return std::nullopt;
  ++sequence_;
  hash_ = hash;
  return row;
}

bool read_audit_record(std::string_view bytes, AuditRecord& record, std::string& issued) {
  records::AuditRecord read;
  if (!read.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return false;
  record = {.sequence = read.sequence(),
            .commit = read.commit(),
            .time_ms = read.time_ms(),
            .uid = read.uid(),
            .pid = read.pid(),
            .via = std::move(*read.mutable_via()),
            .tenant = read.tenant() == kNoTenant ? std::nullopt : std::optional(read.tenant()),
            .what = std::move(*read.mutable_what()),
            .subject = std::move(*read.mutable_subject()),
            .before = std::move(*read.mutable_before()),
            .after = std::move(*read.mutable_after())};
  issued = std::move(*read.mutable_issued());
  return true;
}

AuditChainCheck::Verdict AuditChainCheck::next(std::string_view value, AuditRecord& record, std::string& issued) {
  records::AuditRow row;
  if (!row.ParseFromArray(value.data(), static_cast<int>(value.size())) ||
      !read_audit_record(row.record(), record, issued)) {
    return Verdict::kUnreadable;
  }
  if (record.sequence != sequence_ + 1) return Verdict::kMoved;
  record.hash = next_hash(hash_, row.record());
  if (row.hash() != as_text(record.hash)) return Verdict::kAltered;
  ++sequence_;
  hash_ = record.hash;
  return Verdict::kFollows;
}

bool AuditChainCheck::start_after(uint64_t sequence, std::string_view value) {
  records::AuditRow row;
  if (!row.ParseFromArray(value.data(), static_cast<int>(value.size()))) return false;
  if (!copy_octets(row.hash(), hash_)) return false;
  sequence_ = sequence;
  return true;
}

std::string audit_json(const std::function<void(JsonWriter&)>& write) {
  std::string text;
  for (size_t size = 1024;; size *= 4) {
    text.resize(size);
    JsonWriter json(text);
    write(json);
    if (json.overflowed()) continue;
    text.resize(json.size());
    return text;
  }
}

std::string audit_json_of(const Client& client) {
  return audit_json([&](JsonWriter& json) {
    json.begin_object();
    json.member_integer("grants", client.grants);
    json.member_integer("flags", client.flags);
    json.member("scope", client.scope);
    json.key("audiences");
    write_strings(json, client.audiences);
    json.key("introspect");
    write_strings(json, client.introspect);
    json.member("alg", jws_algorithm_name(client.algorithm));
    json.member_integer("ttl", client.ttl_s);
    json.key("secrets_created_at");
    json.begin_array();
    for (const auto& secret : client.secrets) json.integer(secret.created_at);
    json.end_array();
    json.member_boolean("password", client.password.has_value());
    json.member_integer("revision", static_cast<int64_t>(client.revision));
    json.end_object();
  });
}

std::string audit_json_of(const KeyRow& key, std::string_view overridden) {
  return audit_json([&](JsonWriter& json) {
    json.begin_object();
    json.member("alg", jws_algorithm_name(key.algorithm));
    json.member_integer("status", static_cast<int64_t>(key.status));
    json.member("audience", key.audience);
    if (!key.dialect.empty()) json.member("dialect", key.dialect);
    json.member_integer("bits", key.bits);
    json.member_integer("created_at", key.created_at);
    json.member_integer("activate_at", key.terms.activate_at);
    json.member_integer("activated_at", key.activated_at);
    json.member_integer("retiring_at", key.terms.retiring_at);
    json.member_integer("retired_at", key.terms.retired_at);
    json.member_integer("exported_at", key.terms.exported_at);
    json.member_integer("max_age", key.terms.max_age_s);
    json.member_integer("lifetime", key.terms.lifetime_s);
    if (!key.location.empty()) json.member("location", key.location);
    json.key("public_jwk");
    key.public_jwk.empty() ? json.null() : json.raw(key.public_jwk);
    if (!overridden.empty()) json.member("overridden", overridden);
    json.end_object();
  });
}

std::string audit_json_of(const RefreshFamily& family) {
  return audit_json([&](JsonWriter& json) {
    json.begin_object();
    json.member("client_id", family.client_id);
    json.member("subject", family.subject);
    json.member("scope", family.scope);
    json.key("audiences");
    write_strings(json, family.audiences);
    json.member("status", family.status == FamilyStatus::kLive ? "live" : "revoked");
    json.member_integer("sequence", family.rotation.sequence);
    json.member_integer("created_at", family.created_ms / 1000);
    json.member_integer("idle_expires_at", family.idle_expires_at);
    json.member_integer("absolute_expires_at", family.absolute_expires_at);
    json.end_object();
  });
}

std::string audit_json_of(const ApiToken& token) {
  return audit_json([&](JsonWriter& json) {
    json.begin_object();
    json.member_integer("kind", static_cast<int64_t>(token.kind));
    json.member("client_id", token.client_id);
    json.member("subject", token.subject);
    json.member("name", token.name);
    json.member("scope", token.scope);
    json.key("audiences");
    write_strings(json, token.audiences);
    json.member_integer("created_at", token.created_ms / 1000);
    json.member_integer("expires_at", token.expires_at);
    json.end_object();
  });
}

std::string audit_json_of(const TenantRow& tenant) {
  return audit_json([&](JsonWriter& json) {
    json.begin_object();
    json.member_integer("number", tenant.number);
    json.member("name", tenant.name);
    json.member_integer("clients_max", tenant.limits.clients_max);
    json.member_integer("ttl_max_s", tenant.limits.ttl_max_s);
    json.member_integer("key_rotation_s", tenant.limits.key_rotation_s);
    json.member_boolean("key_rotation_off", tenant.limits.key_rotation_off);
    json.member_integer("rate_per_s", tenant.limits.rate_per_s);
    json.member_integer("burst", tenant.limits.burst);
    json.end_object();
  });
}

}  // namespace signet::store
