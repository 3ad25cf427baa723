#include "daemon/endpoint/media_type.h"

namespace signet {

bool media_type_is(std::string_view value, std::string_view type) {
  if (value.size() < type.size()) return false;
  for (size_t i = 0; i < type.size(); ++i) {
    // Letters alone are folded: with all octets, `/` would match 0x0f.
    const char c = value[i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c) != type[i]) return false;
  }
  value.remove_prefix(type.size());
  while (value.starts_with(' ') || value.starts_with('\t')) value.remove_prefix(1);
  return value.empty() || value.starts_with(';');
}

}  // namespace signet
