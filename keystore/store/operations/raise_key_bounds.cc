#include <algorithm>

#include "keystore/store/operations/key_rows.h"
#include "keystore/store/operations/operations.h"
#include "keystore/store/operations/served_max_age.h"
#include "protocol/jwt/access_token.h"

namespace signet::store {
namespace {

// A dialect's file says for itself how long its tokens live: such a key has the longest lifetime there is from the
// start.
class RaiseKeyBounds : public OperationFor<void> {
 public:
  RaiseKeyBounds(AuditActor actor, KeyBounds bounds, StoreDone<void> done)
      : OperationFor(std::move(done)), actor_(std::move(actor)), bounds_(bounds) {}

  Outcome check_and_apply(Transaction& transaction) override {
    note_served_max_age(transaction, bounds_.max_age_s);
    std::vector<KeyRow> lower;
    for_each_key(transaction, {}, [&](KeyRow& key) {
      const bool signs = key.status == KeyStatus::kPending || key.status == KeyStatus::kActive;
      if (signs && (key.terms.max_age_s < bounds_.max_age_s || key.terms.lifetime_s < bounds_.lifetime_s)) {
        lower.push_back(std::move(key));
      }
      return true;
    });
    for (KeyRow& key : lower) {
      const KeyRow before = key;
      key.terms.max_age_s = std::max(key.terms.max_age_s, bounds_.max_age_s);
      // 0: the key was made before bounds were kept.
      const uint32_t lifetime_s = key.terms.lifetime_s == 0 ? kAccessTokenLifetimeMaxS : key.terms.lifetime_s;
      key.terms.lifetime_s = std::max(lifetime_s, bounds_.lifetime_s);
      change_key_row(transaction, actor_, "key.raise-bounds", before, key);
    }
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
