#include "daemon/endpoint/media_type.h"

#include "protocol/base/ascii_case.h"

namespace signet {

bool media_type_is(std::string_view value, std::string_view type) {
  if (!equal_ignoring_case(value.substr(0, type.size()), type)) return false;
  value.remove_prefix(type.size());
  while (value.starts_with(' ') || value.starts_with('\t')) value.remove_prefix(1);
  return value.empty() || value.starts_with(';');
}

}  // namespace signet
