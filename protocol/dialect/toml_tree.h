// TomlValue: a TOML text as a plain tree with lines. The one place that knows the TOML library.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace signet {

enum class TomlKind : uint8_t { kText, kInteger, kBoolean, kArray, kTable, kOther };

struct TomlMember;

// Owns everything below it.
struct TomlValue {
  TomlKind kind = TomlKind::kOther;
  uint32_t line = 0;  // from 1
  std::string text;
  int64_t integer = 0;
  bool boolean = false;
  std::vector<TomlValue> elements;
  std::vector<TomlMember> members;  // in the order of lines

  const TomlMember* find(std::string_view name) const;
};

struct TomlMember {
  std::string name;
  uint32_t line = 0;  // of the name
  TomlValue value;
};

struct TomlError {
  uint32_t line = 0;
  std::string text;
};

// parse_toml reads one document; never throws. `text` is at most a few hundred KiB. Allocates. Any thread.
std::expected<TomlValue, TomlError> parse_toml(std::string_view text);

}  // namespace signet
