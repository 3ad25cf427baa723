// nearest_name: what a misspelt word was probably meant to be.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace signet {

// Optimal string alignment distance: insertions, deletions, replacements and swaps of neighbours. Any thread.
size_t edit_distance(std::string_view a, std::string_view b);

// The entry of `known` with the least distance to `word`; the first of equals. Empty when `known` is.
std::string nearest_name(std::string_view word, std::span<const std::string> known);

}  // namespace signet
