// How far a text stands in a JSON string as it is (RFC 8259 section 7): without a quotation mark, a backslash or a
// control. Both functions: any thread, no allocation; sixteen octets at a time where the processor has SSE2.
#pragma once

#include <cstddef>
#include <string_view>

namespace signet {

// escape_free_prefix: octets at the start of `text` that need no escape; those of 0x80 and above never do.
size_t escape_free_prefix(std::string_view text);

// plain_ascii_prefix: likewise, and ends before the first octet that is not ASCII.
size_t plain_ascii_prefix(std::string_view text);

}  // namespace signet
