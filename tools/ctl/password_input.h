// Passwords as commands take them: from stdin, or asked of a person without showing them.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "tools/ctl/command.h"

namespace signet::ctl {

// given_password_fault: what is wrong with a password, or "" when nothing is.
std::string_view given_password_fault(std::string_view password);

// read_password asks for it twice when stdin and stderr are a terminal and `ask`; else reads stdin to its end, without
// one line end after it. 1 to 1024 octets of UTF-8. Blocks.
std::expected<std::string, Failure> read_password(Call& call, bool ask);

}  // namespace signet::ctl
