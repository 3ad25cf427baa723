// The media type of a request's body.
#pragma once

#include <string_view>

namespace signet {

// media_type_is: whether the Content-Type `value` names `type` (lower case), with or without parameters. Type and
// subtype are case-insensitive; blanks may stand before the parameters (RFC 9110 sections 8.3.1 and 5.6.6). Any thread.
bool media_type_is(std::string_view value, std::string_view type);

}  // namespace signet
