// What a start or a reload does for the dialects: which ones the configuration names, and their keys.
#pragma once

#include <string>

#include "daemon/config.h"
#include "daemon/dialect/dialect_load.h"
#include "keystore/keystore.h"

namespace signet {

DialectChoice dialect_choice(const Config& config);

// make_dialect_keys has a key made for each dialect with tokens of which the default tenant has none of its own; other
// tenants get theirs by `signetctl key add --dialect`. Calls `done` once, on any thread, with the first error or an
// empty text, when all are durable; at once when none is missing.
void make_dialect_keys(Keystore& keystore, const DialectSet& set, std::function<void(std::string error)> done);

}  // namespace signet
