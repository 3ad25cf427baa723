#include "daemon/admin/grant_cursor.h"

#include <fmt/format.h>

namespace signet {

std::string cursor_text(const FamilyCursor& cursor) {
  return fmt::format("{}{}", cursor.part, family_name_of(cursor.after).text());
}

std::optional<FamilyCursor> read_cursor(std::string_view text) {
  if (text.empty() || text[0] < '0' || text[0] > '1') return std::nullopt;
  const auto id = family_named(text.substr(1));
  if (!id) return std::nullopt;
  return FamilyCursor{static_cast<uint8_t>(text[0] - '0'), *id};
}

}  // namespace signet
