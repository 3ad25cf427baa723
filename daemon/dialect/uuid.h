// UUIDs (RFC 9562): what some systems call their things by.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace signet {

// 36 characters, lower case. Any thread; allocates, as all of these.
std::string uuid_text(std::span<const uint8_t, 16> octets);
// A fresh one of version 4 (section 5.4).
std::string new_uuid();
// The same in lower case, or nothing when `text` is no UUID.
std::optional<std::string> read_uuid(std::string_view text);

}  // namespace signet
