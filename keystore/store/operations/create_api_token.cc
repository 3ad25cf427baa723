#include <fmt/format.h>

#include <algorithm>

#include "keystore/store/api_token_rows.h"
#include "keystore/store/grant_ranges.h"
#include "keystore/store/operations/grant_rules.h"
#include "keystore/store/operations/operations.h"
#include "keystore/store/operations/rules.h"
#include "keystore/store/transaction.h"
#include "protocol/base/utf8.h"

namespace signet::store {
namespace {

bool control(char c) { return static_cast<uint8_t>(c) < 0x20 || c == 0x7F; }

Outcome check_name(const std::string& name) {
  if (!name.empty() && name.size() <= kApiTokenNameSizeMax && valid_utf8(name) && std::ranges::none_of(name, control)) {
    return {};
  }
  return refuse(StoreErrorKind::kInvalid,
                fmt::format("a name is 1 to {} octets of UTF-8 without control characters", kApiTokenNameSizeMax));
}

Outcome check_api_token(const ApiToken& token, UnixSeconds now) {
  if (auto checked = check_grant_subject(token.subject); !checked) return checked;
  if (auto checked = check_grant_scope(token.scope); !checked) return checked;
  if (auto checked = check_grant_audiences(token.audiences, 0); !checked) return checked;
  if (auto checked = check_name(token.name); !checked) return checked;
  if (token.kind == ApiTokenKind{}) return refuse(StoreErrorKind::kInvalid, "kind: there is no such one");
  if (token.key_version == 0) return refuse(StoreErrorKind::kInvalid, "a token's id is made under a key");
  if (token.expires_at != 0 && token.expires_at <= now) {
    return refuse(StoreErrorKind::kInvalid, "a token expires in the future or never");
  }
  return {};
}

class CreateApiToken : public OperationFor<ApiToken> {
 public:
  CreateApiToken(std::optional<AuditActor> actor, ApiToken token, StoreDone<ApiToken> done)
      : OperationFor(std::move(done)), actor_(std::move(actor)) {
    result_ = std::move(token);
  }

  Outcome check_and_apply(Transaction& transaction) override {
    ApiToken& token = result_;
    token.created_ms = transaction.now_ms();
    token.last_used_minute = 0;
    if (auto checked = check_api_token(token, transaction.now_s()); !checked) return checked;
    const auto client = transaction.client(token.tenant, token.client_id);
    if (!client) return no_such_client(token.client_id);
    if (auto checked = check_grant_client(*client, token.scope); !checked) return checked;
    const std::string key = api_token_key(token.tenant, token.id);
    if (transaction.get(Family::kApiTokens, key)) return refuse(StoreErrorKind::kConflict, "the token exists already");
    if (revoked_from_the_start(transaction)) {
      return refuse(StoreErrorKind::kBusy, "what the client or subject had until now was just revoked: try again");
    }
    put(transaction, key);
    return {};
  }

 private:
  // Its criterion would be gone from the index one day, and the token would then live.
  bool revoked_from_the_start(const Transaction& transaction) const {
    return transaction.revoked({.of = CredentialKind::kApiToken,
                                .tenant = result_.tenant,
                                .client_id = result_.client_id,
                                .subject = result_.subject,
                                .issued_ms = result_.created_ms});
  }

  void put(Transaction& transaction, const std::string& key) const {
    const ApiToken& token = result_;
    transaction.put(Family::kApiTokens, key, encode_api_token(token));
    for (const std::string& name_key : grant_name_keys(kApiTokenRows, token)) {
      transaction.put(Family::kFamilyNames, name_key, encode_api_token_name(token.expires_at));
    }
    transaction.publish(ApiTokenPut{{token.tenant, token.id, token.expires_at}});
    if (!actor_) return;
    transaction.audit({.actor = *actor_,
                       .tenant = token.tenant,
                       .what = "api-token.create",
                       .subject = family_name_of(token.id).text(),
                       .after = audit_json_of(token)});
  }

  const std::optional<AuditActor> actor_;
};

}  // namespace

OperationPtr create_api_token(std::optional<AuditActor> actor, ApiToken token, StoreDone<ApiToken> done) {
  return OperationPtr(new CreateApiToken(std::move(actor), std::move(token), std::move(done)));
}

}  // namespace signet::store
