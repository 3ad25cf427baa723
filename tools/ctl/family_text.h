// Refresh families as tables for people.
#pragma once

#include "tools/ctl/json_text.h"
#include "tools/ctl/table.h"

namespace signet::ctl {

Table family_table();
void add_family_row(Table& table, const JsonValue& family);
// All of one family, a line each.
std::string family_details(const JsonValue& family);

}  // namespace signet::ctl
