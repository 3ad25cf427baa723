#include "tools/ctl/backup/backup_text.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace signet::ctl {

std::string octets_text(uint64_t octets) {
  constexpr std::array<const char*, 4> kUnits{"KiB", "MiB", "GiB", "TiB"};
  if (octets < 1024) return fmt::format("{} octets", octets);
  auto value = static_cast<double>(octets) / 1024;
  size_t unit = 0;
  while (value >= 1024 && unit + 1 < kUnits.size()) {
    value /= 1024;
    ++unit;
  }
  return fmt::format("{:.1f} {}", value, kUnits[unit]);
}

std::optional<uint32_t> backup_number(std::string_view text) {
  uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace signet::ctl
