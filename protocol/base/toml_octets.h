// stray_octet_line: a check of TOML text before its library sees it.
#pragma once

#include <cstddef>
#include <string_view>

namespace signet {

// The line (from 1) of the first octet that TOML 1.0 has nowhere: one outside ASCII that is in no comment and no quoted
// text, or a quote that begins none. 0 when there is none. toml++ 3.3 runs into undefined behaviour on some of them.
// Any thread, does not allocate.
size_t stray_octet_line(std::string_view text);

}  // namespace signet
