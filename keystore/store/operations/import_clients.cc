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
// An import says nothing about these.
constexpr uint32_t kFlagsKept = kClientDisabled | kClientFeed | kClientRefreshWithCredentials;

class ImportClients : public OperationFor<ImportOutcome> {
 public:
  ImportClients(AuditActor actor, ImportChunk chunk, StoreDone<ImportOutcome> done)
      : OperationFor(std::move(done)), actor_(std::move(actor)), chunk_(std::move(chunk)) {}

  Outcome check_and_apply(Transaction& transaction) override {
    if (chunk_.import_id.empty() || chunk_.import_id.size() > kImportIdSizeMax) {
      return refuse(StoreErrorKind::kInvalid, "the import's id is empty or too long");
    }
    const auto row = read_import(transaction, chunk_.import_id).value_or(ImportRow{});
    if (chunk_.chunk + 1 == row.next_chunk) {
      result_ = row.last;
      result_.repeated = true;
      return {};
    }
    if (chunk_.chunk != row.next_chunk) {
      return refuse(StoreErrorKind::kConflict,
                    fmt::format("chunk {} of this import is expected, not {}", row.next_chunk, chunk_.chunk));
    }
    for (Client& client : chunk_.clients) {
      if (auto applied = apply(transaction, client); !applied) return applied;
    }
    write_import(transaction, chunk_.import_id, {chunk_.chunk + 1, result_});
    audit(transaction);
    return {};
  }

 private:
  using Ids = std::map<uint32_t, std::vector<std::string>>;  // by tenant

  Outcome apply(Transaction& transaction, Client& client) {
    if (auto checked = check_client(client); !checked) {
      checked.error().text = fmt::format("client {}: {}", client.client_id, checked.error().text);
      return checked;
    }
    if (!known_tenant_ || *known_tenant_ != client.tenant) {
      if (!transaction.tenant_exists(client.tenant)) return no_such_tenant(client.tenant);
      known_tenant_ = client.tenant;
    }
    const auto existing = transaction.client(client.tenant, client.client_id);
    if (existing && chunk_.on_conflict == OnConflict::kFail) {
      return refuse(StoreErrorKind::kConflict, fmt::format("client {} exists already", client.client_id));
    }
    if (existing && chunk_.on_conflict == OnConflict::kSkip) {
      ++result_.skipped;
      return {};
    }
    if (existing) keep_from(*existing, client);
    if (client.created_at == 0) client.created_at = transaction.now_s();
    (existing ? updated_ : added_)[client.tenant].push_back(client.client_id);
    ++(existing ? result_.updated : result_.added);
    transaction.put_client(client);
    return {};
  }

  // What an import does not mention stays; above all, it does not enable a client that was disabled.
  static void keep_from(const Client& existing, Client& client) {
    client.flags = (client.flags & ~kFlagsKept) | (existing.flags & kFlagsKept);
    client.created_at = existing.created_at;
    if (client.secrets.empty()) client.secrets = existing.secrets;
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
  std::optional<uint32_t> known_tenant_;
  Ids added_;
  Ids updated_;
};

}  // namespace

OperationPtr import_clients(AuditActor actor, ImportChunk chunk, StoreDone<ImportOutcome> done) {
  return std::make_unique<ImportClients>(std::move(actor), std::move(chunk), std::move(done));
}

}  // namespace signet::store
