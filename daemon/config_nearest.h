// nearest_config_key: what a misspelt key was probably meant to be.
#pragma once

#include <string>
#include <string_view>

namespace signet {

// The full name of the key nearest to `name` in `section` (empty: top level); a key of another section is one mistake
// away. Any thread.
std::string nearest_config_key(std::string_view section, std::string_view name);

}  // namespace signet
