// append_log_line: one event as one line of JSON.
#pragma once

#include <string>
#include <string_view>

#include "daemon/log_ring.h"

namespace signet {

// Appends {"time","level","event",fields...} and a newline to `out`. Whatever octets a value has, the line stays one
// line of valid JSON: what is not UTF-8, and control characters that terminals act on, become U+FFFD. Any thread.
void append_log_line(const LogEvent& event, std::string& out);

// append_json_text appends `text` as a JSON string with its quotes, by the same rules.
void append_json_text(std::string_view text, std::string& out);

}  // namespace signet
