// AnswerRow: one answer of a dialect's file as written, before rows are laid over each other.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/dialect/dialect_condition.h"
#include "protocol/dialect/table_reader.h"

namespace signet {

struct HeaderRow {
  std::string name;
  std::string value;  // a template; empty = not sent, whatever lower rows say
  uint32_t line = 0;
  uint32_t captures_here = UINT32_MAX;  // 1 << index of each capture that path.NAME may name
};

struct AnswerRow {
  uint32_t line = 0;
  uint32_t captures_here = UINT32_MAX;  // likewise
  std::optional<int> status;
  std::optional<LocatedText> body, content_type, error, error_description;
  std::vector<HeaderRow> headers;
};

// The rows of one [error], by condition.
struct ErrorRows {
  std::optional<AnswerRow> fallback;  // [error.default]
  std::array<std::optional<AnswerRow>, kDialectConditionCount> rows;

  bool empty() const;
};

enum class AnswerRowKind : uint8_t { kSuccess, kError, kErrorDefault };

// Each reads a table; null reads as nothing. Mistakes of types, names and ranges become problems.
AnswerRow read_answer_row(const TomlValue* table, const std::string& place, AnswerRowKind kind,
                          DialectProblems& problems);
ErrorRows read_error_rows(const TomlValue* table, const std::string& place, DialectProblems& problems);
std::vector<HeaderRow> read_header_rows(const TomlValue* table, const std::string& place, DialectProblems& problems);

// limit_captures says which captures the templates of a row may name: those of the paths of its endpoint.
void limit_captures(uint32_t captures_here, AnswerRow& row);

// Whether `name` is a token of RFC 9110 section 5.6.2.
bool valid_field_name(std::string_view name);

}  // namespace signet
