// The credentials behind the scheme of an Authorization field, or of one like it (RFC 9110 11.4).
#pragma once

#include <optional>
#include <string_view>

#include "protocol/base/ascii_case.h"

namespace signet {

// behind_scheme gives what follows "SCHEME " in a field's value, empty when nothing does; nothing at all when it is of
// another scheme. An empty `scheme` is the raw value. Schemes are compared without case, unless a peer does not do so
// either. A view into `value`. Any thread, does not allocate.
inline std::optional<std::string_view> behind_scheme(std::string_view value, std::string_view scheme,
                                                     bool case_sensitive = false) {
  if (scheme.empty()) return value;
  const std::string_view given = value.substr(0, scheme.size());
  if (case_sensitive ? given != scheme : !equal_ignoring_case(given, scheme)) return std::nullopt;
  value.remove_prefix(scheme.size());
  if (!value.empty() && value.front() != ' ') return std::nullopt;
  while (value.starts_with(' ')) value.remove_prefix(1);
  return value;
}

}  // namespace signet
