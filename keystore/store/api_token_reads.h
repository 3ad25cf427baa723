// What administrators and dialects ask of API tokens beside redeeming them: reads beside the committer, page by page.
#pragma once

#include <expected>
#include <optional>

#include "keystore/store/database.h"
#include "keystore/store/store.h"

namespace signet::store {

// Any thread; block for as long as the disk takes.
std::expected<std::optional<ApiToken>, StoreError> read_api_token(const Database& database, uint32_t tenant,
                                                                  const ApiTokenId& id);
std::expected<ApiTokenPage, StoreError> read_api_token_page(const Database& database, const ApiTokenQuery& query);

}  // namespace signet::store
