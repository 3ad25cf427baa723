// nearest_name: which known name was probably meant by a mistyped one.
#pragma once

#include <span>
#include <string_view>

namespace signet::ctl {

// Gives the element of `known` with the smallest edit distance (case ignored) to `name`, or an empty view when none is
// nearer than half of its length plus one. Allocates; any thread.
std::string_view nearest_name(std::string_view name, std::span<const std::string_view> known);

}  // namespace signet::ctl
