// API keys as tables and details.
#pragma once

#include <string>

#include "tools/ctl/json_text.h"
#include "tools/ctl/table.h"

namespace signet::ctl {

Table api_key_table();
void add_api_key_row(Table& table, const JsonValue& key);
std::string api_key_details(const JsonValue& key);

}  // namespace signet::ctl
