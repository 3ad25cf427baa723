#include "keystore/store/api_token_rows.h"
#include "keystore/store/operations/api_token_end.h"
#include "keystore/store/operations/operations.h"
#include "keystore/store/transaction.h"

namespace signet::store {
namespace {

class RemoveApiToken : public OperationFor<void> {
 public:
  RemoveApiToken(AuditActor actor, ApiTokenRemoval removal, StoreDone<void> done)
      : OperationFor(std::move(done)), actor_(std::move(actor)), removal_(std::move(removal)) {}

  Outcome check_and_apply(Transaction& transaction) override {
    const std::string key = api_token_key(removal_.tenant, removal_.id);
    const auto value = transaction.get(Family::kApiTokens, key);
    if (!value) return no_such_token();
    ApiToken token;
    if (!decode_api_token(key, *value, token)) {
      transaction.damaged(Family::kApiTokens, key);
      return refuse(StoreErrorKind::kUnavailable, "the token's record cannot be read");
    }
    // Whose it is not learns nothing of it.
    if (!removal_.client_id.empty() && removal_.client_id != token.client_id) return no_such_token();
    if (!removal_.subject.empty() && removal_.subject != token.subject) return no_such_token();
    end_api_token(transaction, token);
    transaction.audit({.actor = actor_,
                       .tenant = token.tenant,
                       .what = "api-token.remove",
                       .subject = family_name_of(token.id).text(),
                       .before = audit_json_of(token)});
    return {};
  }

 private:
  static std::unexpected<StoreError> no_such_token() {
    return refuse(StoreErrorKind::kNotFound, "there is no such API token");
  }

  const AuditActor actor_;
  const ApiTokenRemoval removal_;
};

}  // namespace

OperationPtr remove_api_token(AuditActor actor, ApiTokenRemoval removal, StoreDone<void> done) {
  return OperationPtr(new RemoveApiToken(std::move(actor), std::move(removal), std::move(done)));
}

}  // namespace signet::store
