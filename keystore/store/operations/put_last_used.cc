#include "keystore/store/operations/operations.h"
#include "keystore/store/transaction.h"

namespace signet::store {
namespace {

class PutLastUsed : public OperationFor<void> {
 public:
  PutLastUsed(std::vector<LastUsedRow> rows, uint64_t removals_seen, StoreDone<void> done)
      : OperationFor(std::move(done)), rows_(std::move(rows)), removals_seen_(removals_seen) {}

  Outcome check_and_apply(Transaction& transaction) override {
    transaction.touch();
    // A client that was removed since it was used: its row would stay for ever.
    const bool any_may_be_gone = transaction.client_removals() != removals_seen_;
    for (const LastUsedRow& row : rows_) {
      const std::string key = client_key(row.tenant, row.client_id);
      if (any_may_be_gone && !transaction.get(Family::kClients, key)) continue;
      transaction.put(Family::kLastUsed, key, encode_last_used(row));
    }
    return {};
  }

 private:
  const std::vector<LastUsedRow> rows_;
  const uint64_t removals_seen_;
};

}  // namespace

OperationPtr put_last_used(std::vector<LastUsedRow> rows, uint64_t removals_seen, StoreDone<void> done) {
  return OperationPtr(new PutLastUsed(std::move(rows), removals_seen, std::move(done)));
}

}  // namespace signet::store
