// percent_decode: the form encoding's '+' and %XX (RFC 6749 appendix B), for forms and for Basic credentials.
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string_view>

namespace signet {

enum class PercentDecodeError : uint8_t { kBadEscape, kBadUtf8, kControlCharacter };

// percent_decode decodes `text` in place and returns the decoded view, which starts where `text` does. '+' becomes a
// space. Refused: '%' without two hexadecimal digits; octets that are not UTF-8; control characters (C0 and DEL), raw
// or escaped: no parameter of RFC 6749 appendix A may hold one, and they would travel into logs and tokens. Any thread,
// does not allocate.
std::expected<std::string_view, PercentDecodeError> percent_decode(std::span<char> text);

}  // namespace signet
