// A place in a listing of refresh families or API keys, as text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "keystore/store/grant_queries.h"

namespace signet {

// cursor_text: the part's digit and the name of what was last given. read_cursor: nothing for any other text.
std::string cursor_text(const FamilyCursor& cursor);
std::optional<FamilyCursor> read_cursor(std::string_view text);

}  // namespace signet
