// Records of issued tokens: one row of the audit log for all that a worker handed over at once.
#include <new>

#include "keystore/store/operations/operations.h"
#include "keystore/store/transaction.h"

namespace signet::store {
namespace {

class RecordIssuance final : public Operation {
 public:
  explicit RecordIssuance(IssuanceBatch& batch) : batch_(batch) {}

  Outcome check_and_apply(Transaction& transaction) override {
    transaction.audit_issuance(batch_.lines);
    return {};
  }
  void complete(Outcome outcome) override {
    batch_.recorded = outcome.has_value();
    batch_.completed();
  }
  bool borrowed() const override { return true; }

 private:
  IssuanceBatch& batch_;
};

}  // namespace

OperationPtr record_issuance(IssuanceBatch& batch) {
  static_assert(sizeof(RecordIssuance) <= sizeof batch.store_space);
  return OperationPtr(new (batch.store_space.data()) RecordIssuance(batch));
}

}  // namespace signet::store
