// copy_text: memcpy for views. An empty view may point nowhere, and memcpy from null is undefined even for no octets.
#pragma once

#include <cstring>
#include <string_view>

namespace signet {

// Copies `text` to `to`, which has room for it and does not overlap; gives the end of the copy. Any thread.
inline char* copy_text(char* to, std::string_view text) {
  if (!text.empty()) std::memcpy(to, text.data(), text.size());
  return to + text.size();
}

}  // namespace signet
