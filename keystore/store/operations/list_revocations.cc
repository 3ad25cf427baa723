#include <algorithm>

#include "keystore/store/keys.h"
#include "keystore/store/operations/operations.h"
#include "keystore/store/transaction.h"

namespace signet::store {
namespace {

class ListRevocations : public OperationFor<RevocationPage> {
 public:
  ListRevocations(RevocationQuery query, StoreDone<RevocationPage> done)
      : OperationFor(std::move(done)), query_(query) {}

  Outcome check_and_apply(Transaction& transaction) override {
    if (query_.rows_max < 1 || query_.rows_max > kRevocationPageMax) {
      return refuse(StoreErrorKind::kInvalid, "limit: more than a page has");
    }
    if (query_.after == UINT64_MAX) return {};
    uint32_t seen = 0;
    uint64_t last = 0;
    bool more = false;
    const std::string from = revocation_key(query_.tenant, query_.after + 1);
    const std::string to = prefix_end(tenant_prefix(query_.tenant));
    transaction.scan_committed(Family::kRevocations, from, to, [&](auto key, auto value) {
      if (seen == kRevocationPageMax || result_.rows.size() == query_.rows_max) {
        more = true;
        return false;
      }
      auto stored = decode_revocation(key, value);
      if (!stored) {
        transaction.damaged(Family::kRevocations, key);
        return false;
      }
      ++seen;
      last = stored->row.sequence;
      const Revocation& revocation = stored->row.revocation;
      const bool wanted = !query_.kind || *query_.kind == revocation.kind;
      const bool alive = !revocation_over(revocation.expires_at, transaction.safe_s());
      if (wanted && alive) result_.rows.push_back(std::move(stored->row));
      return true;
    });
    if (more) result_.next = last;
    return {};
  }

 private:
  const RevocationQuery query_;
};

}  // namespace

OperationPtr list_revocations(RevocationQuery query, StoreDone<RevocationPage> done) {
  return OperationPtr(new ListRevocations(query, std::move(done)));
}

}  // namespace signet::store
