#include "keystore/store/operations/key_bounds.h"
#include "keystore/store/operations/operations.h"
#include "keystore/store/operations/served_max_age.h"

namespace signet::store {
namespace {

class RaiseKeyBounds : public OperationFor<void> {
 public:
  RaiseKeyBounds(AuditActor actor, KeyBounds bounds, StoreDone<void> done)
      : OperationFor(std::move(done)), actor_(std::move(actor)), bounds_(bounds) {}

  Outcome check_and_apply(Transaction& transaction) override {
    note_served_max_age(transaction, bounds_.max_age_s);
    raise_bounds(transaction, actor_, {}, bounds_);
    return {};
  }

 private:
  const AuditActor actor_;
  const KeyBounds bounds_;
};

}  // namespace

OperationPtr raise_key_bounds(AuditActor actor, KeyBounds bounds, StoreDone<void> done) {
  return OperationPtr(new RaiseKeyBounds(std::move(actor), bounds, std::move(done)));
}

}  // namespace signet::store
