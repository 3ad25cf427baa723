// How signing keys that the daemon answered with are shown.
#pragma once

#include "tools/ctl/json_text.h"
#include "tools/ctl/table.h"

namespace signet::ctl {

Table key_table();
void add_key_row(Table& table, const JsonValue& key);

}  // namespace signet::ctl
