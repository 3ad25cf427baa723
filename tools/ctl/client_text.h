// How a client that the daemon answered with is shown.
#pragma once

#include <string>
#include <string_view>

#include "tools/ctl/command.h"
#include "tools/ctl/json_text.h"
#include "tools/ctl/table.h"

namespace signet::ctl {

// client_details: one line per property, secrets by their times only.
std::string client_details(const JsonValue& client);

Table client_table();
void add_client_row(Table& table, const JsonValue& client);

// show_client ends a command that was answered with a client: JSON as it came, or its details, after them the secret
// once when the answer holds one.
Outcome show_client(Call& call, const HttpAnswer& answer);

}  // namespace signet::ctl
