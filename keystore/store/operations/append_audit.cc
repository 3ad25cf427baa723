#include "keystore/store/keys.h"
#include "keystore/store/operations/operations.h"
#include "keystore/store/transaction.h"

namespace signet::store {
namespace {

class AppendAudit : public OperationFor<void> {
 public:
  AppendAudit(AuditActor actor, std::string what, std::string detail_json, StoreDone<void> done)
      : OperationFor(std::move(done)),
        actor_(std::move(actor)),
        what_(std::move(what)),
        detail_json_(std::move(detail_json)) {}

  Outcome check_and_apply(Transaction& transaction) override {
    if (what_.empty()) return refuse(StoreErrorKind::kInvalid, "an audit record says what was done");
    transaction.audit({.actor = actor_, .tenant = kNoTenant, .what = what_, .subject = {}, .after = detail_json_});
    return {};
  }

 private:
  const AuditActor actor_;
  const std::string what_;
  const std::string detail_json_;
};

}  // namespace

OperationPtr append_audit(AuditActor actor, std::string what, std::string detail_json, StoreDone<void> done) {
  return OperationPtr(new AppendAudit(std::move(actor), std::move(what), std::move(detail_json), std::move(done)));
}

}  // namespace signet::store
