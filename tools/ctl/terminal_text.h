// Text that is safe to show on a terminal. What comes from files, tokens or the daemon may hold escape sequences that
// would rewrite what the operator sees; they are shown, not sent.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace signet::ctl {

// escape_for_terminal replaces control characters (C0, DEL, C1), octets that are not UTF-8 and the characters that
// change the direction of writing by \n, \t, \r, \xNN or \u{NNNN}. A backslash stays one. Any thread, allocates.
std::string escape_for_terminal(std::string_view text);

// escape_lines does the same but keeps line feeds: for texts of several lines that we composed ourselves.
std::string escape_lines(std::string_view text);

// display_width: columns that already escaped UTF-8 text takes: 2 for wide East Asian characters and emoji, 0 for
// combining marks, 1 otherwise. Any thread, does not allocate.
size_t display_width(std::string_view text);

}  // namespace signet::ctl
