// The version this binary was built as.
#pragma once

#include <string_view>

namespace signet {

// E.g. "0.1.0". Static storage.
std::string_view signet_version();

}  // namespace signet
