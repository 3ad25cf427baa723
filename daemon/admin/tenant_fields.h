// The limits of a tenant as requests give them and answers show them.
#pragma once

#include <expected>
#include <string>

#include "keystore/keys/key_set.h"
#include "keystore/store/store_rows.h"
#include "protocol/json/value.h"
#include "protocol/json/writer.h"

namespace signet {

// A path segment under /t/.
bool valid_tenant_name(std::string_view name);

// read_tenant_fields reads the limits among the members of `body`: clients_max, ttl_max_s, key_rotation_s,
// automatic_rotation, rate_per_s, burst. `name` is one more member that is allowed; empty = none. The error names the
// member and what was expected. What they say together the store judges. Any thread; allocates.
std::expected<TenantUpdate, std::string> read_tenant_fields(const JsonValue& body, std::string_view name);

// A tenant as the admin API shows it; 0 everywhere means that it has no limit of its own.
std::string tenant_json(const TenantRow& row);
void write_tenant(JsonWriter& json, const TenantKeys& tenant);

}  // namespace signet
