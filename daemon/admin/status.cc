// Status: what runs, whether it should be given traffic, and how the durable store does.
#include <fmt/format.h>
#include <unistd.h>

#include "daemon/admin/routes.h"
#include "keystore/signing/lanes/lane_dispatch.h"

namespace signet {
namespace {

void write_store(JsonWriter& json, const StoreStatus& store) {
  json.begin_object();
  json.member_boolean("writable", store.writable);
  json.member_boolean("clock_jumped", store.clock_jumped);
  json.member_boolean("clock_behind", store.clock_behind);
  json.key("commit"), json.unsigned_integer(store.commit);
  json.key("queued"), json.unsigned_integer(store.queued);
  json.key("batches"), json.unsigned_integer(store.batches);
  json.key("operations"), json.unsigned_integer(store.operations);
  json.key("last_batch_size"), json.number(store.last_batch_size);
  json.key("sync_ms_median"), json.number(store.sync_ms_median);
  json.key("sync_ms_max"), json.number(store.sync_ms_max);
  json.member_boolean("anchored", store.anchored);
  json.key("restored_ms"), store.restored_ms == 0 ? json.null() : json.integer(store.restored_ms);
  json.member("path", store.path);
  json.end_object();
}

void write_revocations(JsonWriter& json, const RevocationIndex::Figures& figures) {
  json.begin_object();
  json.key("live"), json.unsigned_integer(figures.entries);
  json.key("criteria"), json.unsigned_integer(figures.criteria);
  json.key("bytes"), json.unsigned_integer(figures.bytes);
  json.end_object();
}

size_t key_count(const KeySet& keys) {
  size_t count = 0;
  for (const auto& tenant : keys.tenants) count += tenant->keys.size();
  return count;
}

void write_vault(JsonWriter& json, const Vault& vault) {
  VaultId id = vault.id();
  json.begin_object();
  json.member_boolean("sealed", vault.sealed());
  json.member("id", fmt::format("{:02x}", fmt::join(id, "")));
  json.end_object();
}

void write_token(JsonWriter& json, const std::optional<Pkcs11Status>& token) {
  json.key("pkcs11");
  if (!token) return json.null();
  json.begin_object();
  json.member("label", token->label);
  json.member("serial", token->serial);
  json.member_boolean("up", token->up);
  json.key("waiting"), json.unsigned_integer(token->waiting);
  json.key("signatures"), json.unsigned_integer(token->signatures);
  json.key("failures"), json.unsigned_integer(token->failures);
  json.end_object();
}

void write_status(JsonWriter& json, Keystore& keystore, const ServerStatus& server) {
  json.begin_object();
  json.member("version", server.version);
  json.member_integer("pid", ::getpid());
  json.key("uptime_s"), json.unsigned_integer(server.uptime_s);
  json.member_boolean("ready", server.not_ready_reasons.empty());
  json.key("not_ready_reasons");
  json.begin_array();
  for (const std::string& reason : server.not_ready_reasons) json.string(reason);
  json.end_array();
  json.key("workers"), json.unsigned_integer(server.workers);
  json.key("clients"), json.unsigned_integer(keystore.clients().size());
  json.key("clients_resident_bytes"), json.unsigned_integer(keystore.clients().resident_bytes());
  json.key("tenants"), json.unsigned_integer(keystore.keys().tenants.size());
  json.key("keys"), json.unsigned_integer(key_count(keystore.keys()));
  json.key("revocations");
  write_revocations(json, keystore.revocations().figures());
  json.member_boolean("api_tokens_suspended", keystore.revocations().api_tokens_suspended_ms() != 0);
  const lanes::LaneState lanes = lanes::lane_state();
  json.member("signer", lanes::signer_name(lanes));
  json.member("signer_reason", lanes::lane_state_text(lanes));
  write_token(json, keystore.pkcs11_status());
  json.key("store");
  write_store(json, keystore.store().status());
  json.key("vault");
  write_vault(json, keystore.vault());
  json.end_object();
}

}  // namespace

void show_status(AdminService& admin, const AdminRequest& request) {
  ServerStatus server = admin.scope().status();
  auto body = write_json([&](JsonWriter& json) { write_status(json, admin.keystore(), server); });
  admin.answer(request.id, {.status = 200, .body = std::move(body)});
}

}  // namespace signet
