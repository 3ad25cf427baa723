// A presented API token: read and judged in the order of the changes; nothing is written.
#include <new>

#include "keystore/store/api_token_rows.h"
#include "keystore/store/operations/operations.h"
#include "keystore/store/transaction.h"

namespace signet::store {
namespace {

class RedeemApiToken final : public Operation {
 public:
  explicit RedeemApiToken(ApiTokenRequest& request) : request_(request) {}

  Outcome check_and_apply(Transaction& transaction) override {
    request_.verdict = decide(transaction);
    return {};
  }

  void complete(Outcome outcome) override {
    if (!outcome) {
      const bool busy = outcome.error().kind == StoreErrorKind::kBusy;
      request_.verdict = busy ? ApiTokenVerdict::kBusy : ApiTokenVerdict::kUnavailable;
    }
    request_.completed();
  }

  bool borrowed() const override { return true; }

 private:
  ApiTokenVerdict decide(Transaction& transaction) {
    const std::string key = api_token_key(request_.tenant, request_.id);
    const auto value = transaction.get(Family::kApiTokens, key);
    if (!value) return ApiTokenVerdict::kUnknown;
    ApiToken& token = request_.token;
    if (!decode_api_token(key, *value, token)) {
      transaction.damaged(Family::kApiTokens, key);
      return ApiTokenVerdict::kUnavailable;
    }
    if (token.kind != request_.kind) return ApiTokenVerdict::kUnknown;
    if (token.expires_at != 0 && token.expires_at <= transaction.now_s()) return ApiTokenVerdict::kExpired;
    const auto client_flags = transaction.client_flags(token.tenant, token.client_id);
    if (!client_flags || (*client_flags & kClientDisabled) != 0) return ApiTokenVerdict::kClientGone;
    const bool revoked = transaction.revoked({.of = CredentialKind::kApiToken,
                                              .tenant = token.tenant,
                                              .client_id = token.client_id,
                                              .subject = token.subject,
                                              .issued_ms = token.created_ms});
    if (revoked) return ApiTokenVerdict::kRevoked;
    if (token.created_ms <= transaction.state().restore_point.api_tokens_suspended_ms)
      return ApiTokenVerdict::kSuspended;
    note_use(transaction, key, token);
    return ApiTokenVerdict::kValid;
  }

  static void note_use(Transaction& transaction, std::string_view key, const ApiToken& token) {
    const auto minute = static_cast<uint32_t>(transaction.now_s() / 60);
    if (minute >= token.last_used_minute + kApiTokenUseStepMinutes) transaction.api_token_uses().note(key, minute);
  }

  ApiTokenRequest& request_;
};

}  // namespace

OperationPtr redeem_api_token(ApiTokenRequest& request) {
  static_assert(sizeof(RedeemApiToken) <= sizeof request.store_space);
  return OperationPtr(new (request.store_space.data()) RedeemApiToken(request));
}

}  // namespace signet::store
