// read_credential: one [[endpoint.credential]] table.
#pragma once

#include <optional>

#include "protocol/dialect/dialect.h"
#include "protocol/dialect/table_reader.h"

namespace signet {

// Nothing after a mistake, which became a problem. Whether the carrier fits the endpoint's
// body is the caller's to check.
std::optional<DialectCredential> read_credential(const TomlValue& table, DialectProblems& problems);

// "basic", "form", ... Static storage.
std::string_view carrier_name(DialectCarrier carrier);

}  // namespace signet
