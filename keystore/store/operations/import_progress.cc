#include "keystore/store/operations/import_row.h"
#include "keystore/store/operations/operations.h"
#include "keystore/store/transaction.h"

namespace signet::store {
namespace {

// Goes through the committer, so that it says nothing that is not durable.
class ImportProgress : public OperationFor<uint64_t> {
 public:
  ImportProgress(std::string import_id, StoreDone<uint64_t> done)
      : OperationFor(std::move(done)), import_id_(std::move(import_id)) {}

  Outcome check_and_apply(Transaction& transaction) override {
    const auto row = read_import(transaction, import_id_);
    result_ = row ? row->next_chunk : 0;
    return {};
  }

 private:
  const std::string import_id_;
};

}  // namespace

OperationPtr import_progress(std::string import_id, StoreDone<uint64_t> done) {
  return OperationPtr(new ImportProgress(std::move(import_id), std::move(done)));
}

}  // namespace signet::store
