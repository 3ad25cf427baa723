// A whole number out of a request's query.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace signet {

// `text` as FormParameters::get gave it: `absent` when the parameter is not there, nothing when it is no number from
// `smallest` to `largest`. Any thread, does not allocate.
std::optional<uint64_t> query_number(std::string_view text, uint64_t absent, uint64_t smallest, uint64_t largest);

}  // namespace signet
