#include "keystore/store/operations/api_token_end.h"
#include "keystore/store/operations/operations.h"
#include "keystore/store/operations/revocations.h"
#include "keystore/store/operations/rules.h"
#include "keystore/store/revocation_counts.h"
#include "keystore/store/transaction.h"

namespace signet::store {
namespace {

class RemoveClient : public OperationFor<void> {
 public:
  RemoveClient(AuditActor actor, uint32_t tenant, std::string client_id, StoreDone<void> done)
      : OperationFor(std::move(done)), actor_(std::move(actor)), tenant_(tenant), client_id_(std::move(client_id)) {}

  Outcome check_and_apply(Transaction& transaction) override {
    const auto before = transaction.client(tenant_, client_id_);
    if (!before) return no_such_client(client_id_);
    const std::string key = client_key(tenant_, client_id_);
    transaction.erase(Family::kClients, key);
    transaction.erase(Family::kLastUsed, key);
    transaction.erase(Family::kRevocationCounts, revocation_counts_key(tenant_, client_id_));
    transaction.client_counts().change(tenant_, -1);
    transaction.publish(ClientRemoved{tenant_, client_id_});
    // Its tokens, API tokens and families end with it, and do not live again under a client of the same id.
    if (!end_api_tokens_of_client(transaction, tenant_, client_id_)) {
      return refuse(StoreErrorKind::kUnavailable, "the record of an API token cannot be read");
    }
    end_all_until_now(transaction, tenant_, RevocationKind::kClient, client_id_);
    transaction.audit({.actor = actor_,
                       .tenant = tenant_,
                       .what = "client.remove",
                       .subject = client_id_,
                       .before = audit_json_of(*before)});
    return {};
  }

 private:
  const AuditActor actor_;
  const uint32_t tenant_;
  const std::string client_id_;
};

}  // namespace

OperationPtr remove_client(AuditActor actor, uint32_t tenant, std::string client_id, StoreDone<void> done) {
  return OperationPtr(new RemoveClient(std::move(actor), tenant, std::move(client_id), std::move(done)));
}

}  // namespace signet::store
