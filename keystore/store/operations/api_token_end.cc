#include "keystore/store/operations/api_token_end.h"

#include "keystore/store/api_token_rows.h"
#include "keystore/store/family_rows.h"
#include "keystore/store/grant_ranges.h"
#include "keystore/store/keys.h"

namespace signet::store {
namespace {

bool any_row(Transaction& transaction, const GrantRange& range) {
  bool any = false;
  transaction.scan(range.family, range.prefix, [&](auto, auto) {
    any = true;
    return false;
  });
  return any;
}

}  // namespace

void end_api_token(Transaction& transaction, const ApiToken& token) {
  transaction.erase(Family::kApiTokens, api_token_key(token.tenant, token.id));
  for (const std::string& name_key : grant_name_keys(kApiTokenRows, token)) {
    transaction.erase(Family::kFamilyNames, name_key);
  }
  transaction.publish(ApiTokenRemoved{token.tenant, token.id});
}

bool end_api_tokens_of_client(Transaction& transaction, uint32_t tenant, std::string_view client_id) {
  bool readable = true;
  uint32_t left = Store::kApiTokensRemovedAtOnce;
  ApiToken token;
  const std::string prefix = family_name_prefix(tenant, FamilyNameKind::kApiTokenClient, client_id);
  transaction.scan(Family::kFamilyNames, prefix, [&](auto name_key, auto) {
    const auto id = family_of_name_key(name_key);
    const std::string key = id ? api_token_key(tenant, *id) : std::string();
    const auto value = id ? transaction.get(Family::kApiTokens, key) : std::nullopt;
    if (!value) {
      transaction.erase(Family::kFamilyNames, name_key);  // it outlived its token
    } else if (!decode_api_token(key, *value, token)) {
      transaction.damaged(Family::kApiTokens, key);
      readable = false;
    } else if (token.client_id == client_id) {  // else a name of the same hash
      end_api_token(transaction, token);
    }
    return readable && --left != 0;
  });
  return readable;
}

void end_api_tokens_of_tenant(Transaction& transaction, uint32_t tenant) {
  transaction.scan(Family::kApiTokens, tenant_prefix(tenant), [&](auto key, auto) {
    if (const auto id = family_of_key(key)) transaction.publish(ApiTokenRemoved{tenant, *id});
    transaction.erase(Family::kApiTokens, key);
    return true;
  });
  for (const FamilyNameKind kind : {kApiTokenRows.by_client, kApiTokenRows.by_subject}) {
    transaction.scan(Family::kFamilyNames, tenant_prefix(tenant) + static_cast<char>(kind), [&](auto key, auto) {
      transaction.erase(Family::kFamilyNames, key);
      return true;
    });
  }
}

bool concerns_api_tokens(Transaction& transaction, const Revocation& revocation) {
  std::vector<GrantRange> ranges;
  switch (revocation.kind) {
    case RevocationKind::kClient:
      ranges = grant_ranges(kApiTokenRows, revocation.tenant, revocation.value, {});
      break;
    case RevocationKind::kSubject:
      ranges = grant_ranges(kApiTokenRows, revocation.tenant, {}, revocation.value);
      break;
    case RevocationKind::kTenant:
      ranges = grant_ranges(kApiTokenRows, revocation.tenant, {}, {});
      break;
    default:
      break;
  }
  for (const GrantRange& range : ranges) {
    if (any_row(transaction, range)) return true;
  }
  return false;
}

}  // namespace signet::store
