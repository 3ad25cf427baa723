#include "keystore/store/api_token_rows.h"
#include "keystore/store/operations/operations.h"
#include "keystore/store/transaction.h"

namespace signet::store {
namespace {

constexpr size_t kRowsMax = 1000;  // about 200 KiB in the store's log, and some milliseconds of reading

class FlushApiTokenUses : public OperationFor<size_t> {
 public:
  explicit FlushApiTokenUses(StoreDone<size_t> done) : OperationFor(std::move(done)) {}

  Outcome check_and_apply(Transaction& transaction) override {
    ApiTokenUses& uses = transaction.api_token_uses();
    ApiToken token;
    for (size_t i = 0; i < kRowsMax; ++i) {
      const auto use = uses.take();
      if (!use) break;
      const auto& [key, minute] = *use;
      const auto value = transaction.get(Family::kApiTokens, key);
      if (!value) continue;  // removed since
      if (!decode_api_token(key, *value, token)) {
        transaction.damaged(Family::kApiTokens, key);
        return refuse(StoreErrorKind::kUnavailable, "the token's record cannot be read");
      }
      token.last_used_minute = minute;
      transaction.put(Family::kApiTokens, key, encode_api_token(token));
    }
    result_ = uses.size();
    return {};
  }
};

}  // namespace

OperationPtr flush_api_token_uses(StoreDone<size_t> done) {
  return OperationPtr(new FlushApiTokenUses(std::move(done)));
}

}  // namespace signet::store
