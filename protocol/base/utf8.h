// UTF-8 validation (RFC 3629): everything that enters as text passes here once.
#pragma once

#include <cstddef>
#include <string_view>

namespace signet {

// valid_utf8: whether `text` is well-formed by RFC 3629 section 4: no overlong form, no surrogate, nothing above
// U+10FFFF, no truncated sequence. NUL and other controls are well-formed. Any thread, does not allocate.
bool valid_utf8(std::string_view text);

// valid_utf8_prefix: octets of `text` before the first sequence that is not well-formed; text.size() when all are.
size_t valid_utf8_prefix(std::string_view text);

// utf8_sequence_size: octets (1-4) of the well-formed sequence that `text` starts with, 0 when it starts with none.
// `text` may be empty (0). Any thread.
unsigned utf8_sequence_size(std::string_view text);

}  // namespace signet
