// Small texts of the backup commands.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace signet::ctl {

// "1.5 MiB".
std::string octets_text(uint64_t octets);
// A number of a backup, or of backups; nothing for any other text.
std::optional<uint32_t> backup_number(std::string_view text);

}  // namespace signet::ctl
