#include "protocol/dialect/table_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "protocol/base/nearest.h"

namespace signet {
namespace {

std::string_view kind_name(const TomlValue& value) {
  switch (value.kind) {
    case TomlKind::kText:
      return "a text";
    case TomlKind::kInteger:
      return "an integer";
    case TomlKind::kBoolean:
      return "a boolean";
    case TomlKind::kArray:
      return "a list";
    case TomlKind::kTable:
      return "a table";
    case TomlKind::kOther:
      break;
  }
  return "a number or date";
}

}  // namespace

std::string unknown_name(std::string_view what, std::string_view name, std::span<const std::string_view> known) {
  name = name.substr(0, kNearestNameSizeMax);
  if (known.empty()) return fmt::format("unknown {} \"{}\"; there is none", what, name);
  return fmt::format("unknown {} \"{}\"; did you mean \"{}\"? (allowed: {})", what, name, nearest_name(name, known),
                     fmt::join(known, ", "));
}

TableReader::TableReader(const TomlValue* table, std::string place, std::span<const std::string_view> known,
                         DialectProblems& problems)
    : table_(table), place_(std::move(place)), problems_(&problems) {
  if (table_ == nullptr) return;
  line_ = table_->line;
  for (const TomlMember& one : table_->members) {
    if (std::ranges::find(known, one.name) != known.end()) continue;
    const std::string key = unknown_name("key", one.name, known);
    problems_->error(one.line, place_.empty() ? key : fmt::format("{}: {}", place_, key));
  }
}

const TomlMember* TableReader::member(std::string_view name) const {
  return table_ == nullptr ? nullptr : table_->find(name);
}

uint32_t TableReader::line_of(std::string_view name) const {
  const TomlMember* found = member(name);
  return found == nullptr ? line_ : found->line;
}

void TableReader::error(std::string_view name, std::string_view text) const { error_at(line_of(name), name, text); }

void TableReader::error_at(uint32_t line, std::string_view name, std::string_view text) const {
  const std::string full = place_.empty() ? std::string(name) : fmt::format("{} {}", place_, name);
  problems_->error(line, fmt::format("{}: {}", full, text));
}

const TomlValue* TableReader::typed(std::string_view name, TomlKind kind, std::string_view wanted) const {
  const TomlMember* found = member(name);
  if (found == nullptr) return nullptr;
  if (found->value.kind == kind) return &found->value;
  error(name, fmt::format("expected {}, not {}", wanted, kind_name(found->value)));
  return nullptr;
}

std::optional<LocatedText> TableReader::text(std::string_view name) const {
  const TomlValue* value = typed(name, TomlKind::kText, "a text");
  if (value == nullptr) return std::nullopt;
  return LocatedText{value->text, line_of(name)};
}

std::optional<int64_t> TableReader::integer(std::string_view name, int64_t min, int64_t max) const {
  const TomlMember* found = member(name);
  if (found == nullptr) return std::nullopt;
  const TomlValue& value = found->value;
  if (value.kind == TomlKind::kInteger && value.integer >= min && value.integer <= max) return value.integer;
  error(name, fmt::format("expected an integer from {} to {}", min, max));
  return std::nullopt;
}

std::optional<bool> TableReader::boolean(std::string_view name) const {
  const TomlValue* value = typed(name, TomlKind::kBoolean, "true or false");
  if (value == nullptr) return std::nullopt;
  return value->boolean;
}

const TomlValue* TableReader::table(std::string_view name) const { return typed(name, TomlKind::kTable, "a table"); }

const TomlValue* TableReader::raw(std::string_view name) const {
  const TomlMember* found = member(name);
  return found == nullptr ? nullptr : &found->value;
}

std::vector<LocatedText> TableReader::texts(std::string_view name) const {
  std::vector<LocatedText> out;
  const TomlValue* array = typed(name, TomlKind::kArray, "a list of texts");
  if (array == nullptr) return out;
  for (const TomlValue& element : array->elements) {
    if (element.kind == TomlKind::kText) {
      out.push_back({element.text, element.line});
    } else {
      error_at(element.line, name, fmt::format("expected a text, not {}", kind_name(element)));
    }
  }
  return out;
}

std::vector<const TomlValue*> TableReader::tables(std::string_view name) const {
  std::vector<const TomlValue*> out;
  const TomlValue* array = typed(name, TomlKind::kArray, fmt::format("[[{}]] tables", name));
  if (array == nullptr) return out;
  for (const TomlValue& element : array->elements) {
    if (element.kind == TomlKind::kTable) {
      out.push_back(&element);
    } else {
      error_at(element.line, name, fmt::format("expected a table, not {}", kind_name(element)));
    }
  }
  return out;
}

}  // namespace signet
