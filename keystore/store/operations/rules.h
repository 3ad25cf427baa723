// Rules that several operations share. What a row may hold is checked here once more than at the edge, because what is
// stored wrongly cannot be loaded.
#pragma once

#include <string_view>

#include "keystore/store/operation.h"
#include "keystore/store/store.h"

namespace signet::store {

// kInvalid, with a text that names the member.
Outcome check_client(const Client& client);
Outcome check_key(const KeyRow& key);
Outcome check_tenant_name(std::string_view name);
Outcome check_tenant_limits(const TenantLimits& limits);
// kConflict when the tenant has as many clients as it may have.
Outcome check_room_for_client(Transaction& transaction, const TenantRow& tenant);

// Errors that read the same everywhere.
std::unexpected<StoreError> no_such_tenant(uint32_t number);
std::unexpected<StoreError> no_such_client(std::string_view client_id);

}  // namespace signet::store
