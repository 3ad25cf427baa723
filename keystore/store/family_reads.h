// What administrators ask of refresh families: reads beside the committer, page by page.
#pragma once

#include <expected>
#include <optional>

#include "keystore/store/database.h"
#include "keystore/store/store.h"

namespace signet::store {

// Any thread; block for as long as the disk takes.
std::expected<std::optional<RefreshFamily>, StoreError> read_family(const Database& database, uint32_t tenant,
                                                                    const FamilyId& id);
// Whether there is a family, or an API token.
std::expected<bool, StoreError> any_family(const Database& database);
std::expected<FamilyPage, StoreError> read_family_page(const Database& database, const FamilyQuery& query);

}  // namespace signet::store
