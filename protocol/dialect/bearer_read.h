// read_bearer: the [bearer] section of a dialect's file.
#pragma once

#include "protocol/dialect/dialect.h"
#include "protocol/dialect/table_reader.h"

namespace signet {

// The defaults where `table` is null.
DialectBearer read_bearer(const TomlValue* table, DialectProblems& problems);

}  // namespace signet
