// What every operation shares that ends API tokens or what concerns them.
#pragma once

#include "keystore/store/transaction.h"

namespace signet::store {

// end_api_token takes the rows of one away and tells the listener. `token` is as it was read. Committer thread.
void end_api_token(Transaction& transaction, const ApiToken& token);

// end_api_tokens_of_client does so to a client's, at most Store::kApiTokensRemovedAtOnce of them: further ones must be
// ended by a criterion, which is never forgotten while their rows are there. False: a row cannot be read, and the
// commit is given up. Committer thread.
[[nodiscard]] bool end_api_tokens_of_client(Transaction& transaction, uint32_t tenant, std::string_view client_id);

// end_api_tokens_of_tenant likewise. Committer thread.
void end_api_tokens_of_tenant(Transaction& transaction, uint32_t tenant);

// concerns_api_tokens: whether a criterion may concern an API token, which may live for ever. Committer thread.
bool concerns_api_tokens(Transaction& transaction, const Revocation& revocation);

}  // namespace signet::store
