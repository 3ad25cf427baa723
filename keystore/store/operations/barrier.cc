#include "keystore/store/operations/operations.h"

namespace signet::store {
namespace {

// Changes nothing: completed in its turn, when everything before it is durable.
class Barrier : public OperationFor<void> {
 public:
  explicit Barrier(StoreDone<void> done) : OperationFor(std::move(done)) {}
  Outcome check_and_apply(Transaction&) override { return {}; }
};

}  // namespace

OperationPtr barrier(StoreDone<void> done) { return OperationPtr(new Barrier(std::move(done))); }

}  // namespace signet::store
