#include <fmt/format.h>

#include "keystore/store/operations/operations.h"
#include "keystore/store/operations/rules.h"
#include "keystore/store/transaction.h"

namespace signet::store {
namespace {

class AddClient : public OperationFor<Client> {
 public:
  AddClient(AuditActor actor, Client client, StoreDone<Client> done)
      : OperationFor(std::move(done)), actor_(std::move(actor)) {
    result_ = std::move(client);
  }

  Outcome check_and_apply(Transaction& transaction) override {
    if (auto checked = check_client(result_); !checked) return checked;
    const auto tenant = transaction.tenant(result_.tenant);
    if (!tenant) return no_such_tenant(result_.tenant);
    if (transaction.get(Family::kClients, client_key(result_.tenant, result_.client_id))) {
      return refuse(StoreErrorKind::kConflict, fmt::format("client {} exists already", result_.client_id));
    }
    if (auto room = check_room_for_client(transaction, *tenant); !room) return room;
    if (result_.created_at == 0) result_.created_at = transaction.now_s();
    transaction.put_client(result_);
    transaction.client_counts().change(result_.tenant, 1);
    transaction.audit({.actor = actor_,
                       .tenant = result_.tenant,
                       .what = "client.add",
                       .subject = result_.client_id,
                       .after = audit_json_of(result_)});
    return {};
  }

 private:
  const AuditActor actor_;
};

}  // namespace

OperationPtr add_client(AuditActor actor, Client client, StoreDone<Client> done) {
  return OperationPtr(new AddClient(std::move(actor), std::move(client), std::move(done)));
}

}  // namespace signet::store
