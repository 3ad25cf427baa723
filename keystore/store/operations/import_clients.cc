#include <fmt/format.h>

#include <map>

#include "keystore/store/operations/import_row.h"
#include "keystore/store/operations/operations.h"
#include "keystore/store/operations/rules.h"
#include "keystore/store/transaction.h"
#include "protocol/json/writer.h"

namespace signet::store {
namespace {

constexpr size_t kImportIdSizeMax = 128;
class ImportClients : public OperationFor<ImportOutcome> {
 public:
  ImportClients(AuditActor actor, ImportChunk chunk, StoreDone<ImportOutcome> done)
      : OperationFor(std::move(done)), actor_(std::move(actor)), chunk_(std::move(chunk)) {}

  Outcome check_and_apply(Transaction& transaction) override {
    if (chunk_.import_id.empty() || chunk_.import_id.size() > kImportIdSizeMax) {
      return refuse(StoreErrorKind::kInvalid, "the import's id is empty or too long");
    }
    if (chunk_.on_conflict == OnConflict::kUpdate && chunk_.given.size() != chunk_.clients.size()) {
      return refuse(StoreErrorKind::kInvalid, "an import that updates says for each client what it gives");
    }
    auto row = read_import(transaction, chunk_.import_id).value_or(ImportRow{});
    if (chunk_.chunk + 1 == row.next_chunk) {
      result_ = row.last;
      result_.repeated = true;
      return {};
    }
    if (chunk_.chunk != row.next_chunk) {
      return refuse(StoreErrorKind::kConflict,
                    fmt::format("chunk {} of this import is expected, not {}", row.next_chunk, chunk_.chunk));
    }
    for (size_t i = 0; i < chunk_.clients.size(); ++i) {
      if (auto applied = apply(transaction, i); !applied) return applied;
    }
    row.next_chunk = chunk_.chunk + 1;
    row.last = result_;
    for (const Client& client : chunk_.clients) row.tenants.insert(client.tenant);
    write_import(transaction, chunk_.import_id, row);
    audit(transaction);
    return {};
  }

 private:
  using Ids = std::map<uint32_t, std::vector<std::string>>;  // by tenant

  Outcome apply(Transaction& transaction, size_t index) {
    Client& client = chunk_.clients[index];
    if (auto checked = check_client(client); !checked) {
      checked.error().text = fmt::format("client {}: {}", client.client_id, checked.error().text);
      return checked;
    }
    if (!tenant_ || tenant_->number != client.tenant) {
      tenant_ = transaction.tenant(client.tenant);
      if (!tenant_) return no_such_tenant(client.tenant);
    }
    auto existing = transaction.client(client.tenant, client.client_id);
    if (existing && chunk_.on_conflict == OnConflict::kFail) {
      return refuse(StoreErrorKind::kConflict, fmt::format("client {} exists already", client.client_id));
    }
    if (existing && chunk_.on_conflict == OnConflict::kSkip) {
      ++result_.skipped;
      return {};
    }
    const bool updates = existing.has_value();
    if (updates) {
      change(*existing, client, chunk_.given[index]);
      client = std::move(*existing);
      if (auto checked = check_together(client); !checked) return checked;
    }
    if (!updates) {
      if (auto room = check_room_for_client(transaction, *tenant_); !room) return room;
      transaction.client_counts().change(client.tenant, 1);
    }
    if (client.created_at == 0) client.created_at = transaction.now_s();
    (updates ? updated_ : added_)[client.tenant].push_back(client.client_id);
    ++(updates ? result_.updated : result_.added);
    transaction.put_client(client);
    return {};
  }

  // What an import does not mention stays; above all, it does not enable a client that was disabled.
  static void change(Client& client, const Client& from, uint8_t given) {
    if ((given & kImportGrants) != 0) client.grants = from.grants;
    if ((given & kImportScope) != 0) client.scope = from.scope;
    if ((given & kImportAudiences) != 0) client.audiences = from.audiences;
    if ((given & kImportIntrospect) != 0) {
      client.introspect = from.introspect;
      client.flags = (client.flags & ~kClientIntrospectAll) | (from.flags & kClientIntrospectAll);
    }
    if ((given & kImportAlgorithm) != 0) client.algorithm = from.algorithm;
    if ((given & kImportTtl) != 0) client.ttl_s = from.ttl_s;
    if ((given & kImportSecrets) != 0) client.secrets = from.secrets;
    if ((given & kImportPassword) != 0) client.password = from.password;
  }

  // What the members given and those kept may not be together.
  static Outcome check_together(const Client& client) {
    if (is_symmetric(client.algorithm) && client.audiences.size() != 1) {
      return refuse(StoreErrorKind::kInvalid,
                    fmt::format("client {}: alg: an HMAC algorithm needs exactly one audience", client.client_id));
    }
    if ((client.flags & kClientRefreshWithCredentials) != 0 && (client.grants & kGrantRefreshToken) == 0) {
      return refuse(StoreErrorKind::kInvalid,
                    fmt::format("client {}: refresh tokens with client_credentials need the grant refresh_token",
                                client.client_id));
    }
    return {};
  }

  static void write_ids(JsonWriter& json, const Ids& ids) {
    json.begin_object();
    for (const auto& [tenant, list] : ids) {
      json.key_text(fmt::to_string(tenant));
      json.begin_array();
      for (const auto& id : list) json.string(id);
      json.end_array();
    }
    json.end_object();
  }

  // One record for the chunk, listing ids.
  void audit(Transaction& transaction) {
    const uint32_t tenant = chunk_.clients.empty() ? 0 : chunk_.clients.front().tenant;
    auto after = audit_json([&](JsonWriter& json) {
      json.begin_object();
      json.member_integer("chunk", static_cast<int64_t>(chunk_.chunk));
      json.key("added");
      write_ids(json, added_);
      json.key("updated");
      write_ids(json, updated_);
      json.member_integer("skipped", static_cast<int64_t>(result_.skipped));
      json.end_object();
    });
    transaction.audit({.actor = actor_,
                       .tenant = tenant,
                       .what = "client.import",
                       .subject = chunk_.import_id,
                       .after = std::move(after)});
  }

  const AuditActor actor_;
  ImportChunk chunk_;
  std::optional<TenantRow> tenant_;  // of the client before
  Ids added_;
  Ids updated_;
};

}  // namespace

OperationPtr import_clients(AuditActor actor, ImportChunk chunk, StoreDone<ImportOutcome> done) {
  return OperationPtr(new ImportClients(std::move(actor), std::move(chunk), std::move(done)));
}

}  // namespace signet::store
