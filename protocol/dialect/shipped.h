// The dialect files that come with Signet, embedded while building.
#pragma once

#include <span>
#include <string_view>

namespace signet {

struct ShippedDialect {
  std::string_view file;  // "novapost.toml"
  std::string_view text;
};

// By file name. Static storage. Any thread.
std::span<const ShippedDialect> shipped_dialects();

}  // namespace signet
