// nearest_name: which known name a misspelt one was probably meant to be.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace signet {

// Longer names are looked at only so far: bounds the work that a hostile file can cause.
inline constexpr size_t kNearestNameSizeMax = 64;

// Optimal string alignment distance: insertions, deletions, replacements and swaps of neighbours; case of ASCII letters
// is ignored. Any thread.
size_t edit_distance(std::string_view a, std::string_view b);

// The element of `known` nearest to `name`, the first of equals; empty when there is none. Any thread.
std::string_view nearest_name(std::string_view name, std::span<const std::string_view> known);

// The same, or empty when more than half of the name would have to change: it was meant for something else.
std::string_view likely_name(std::string_view name, std::span<const std::string_view> known);

}  // namespace signet
