#include "keystore/store/operations/operations.h"
#include "keystore/store/transaction.h"

namespace signet::store {
namespace {

class PutLastUsed : public OperationFor<void> {
 public:
  PutLastUsed(std::vector<LastUsedRow> rows, StoreDone<void> done)
      : OperationFor(std::move(done)), rows_(std::move(rows)) {}

  Outcome check_and_apply(Transaction& transaction) override {
    transaction.touch();
    for (const LastUsedRow& row : rows_) {
      const std::string key = client_key(row.tenant, row.client_id);
      // Removed since it was used: its row would stay for ever.
      if (!transaction.get(Family::kClients, key)) continue;
      transaction.put(Family::kLastUsed, key, encode_last_used(row));
    }
    return {};
  }

 private:
  const std::vector<LastUsedRow> rows_;
};

}  // namespace

OperationPtr put_last_used(std::vector<LastUsedRow> rows, StoreDone<void> done) {
  return OperationPtr(new PutLastUsed(std::move(rows), std::move(done)));
}

}  // namespace signet::store
