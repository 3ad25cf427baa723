#include "protocol/dialect/switch_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "protocol/base/char_class.h"
#include "protocol/dialect/dialect_file.h"

namespace signet {
namespace {

constexpr CharClass kNameCharacters = CharClass::range('a', 'z') | kDigits | CharClass("_");
constexpr size_t kNameSizeMax = 64;

}  // namespace

SwitchTable::SwitchTable(const TableReader& root, std::span<const std::pair<std::string, bool>> from_outside) {
  read(root);
  for (const auto& one : from_outside) set(root.problems(), one);
}

void SwitchTable::read(const TableReader& root) {
  const TomlValue* table = root.table("switches");
  if (table == nullptr) return;
  for (const TomlMember& member : table->members) {
    if (member.name.empty() || member.name.size() > kNameSizeMax || !kNameCharacters.contains_all(member.name)) {
      root.error_at(member.line, "[switches]", "the name of a switch has 1 to 64 of a-z0-9_");
    } else if (member.value.kind != TomlKind::kBoolean) {
      root.error_at(member.line, "[switches] " + member.name, "expected true or false");
    }
    // Kept even so, lest its uses be called mistakes too.
    rows_.push_back({{member.name, member.value.boolean}, member.line, false});
  }
  if (rows_.size() > kDialectSwitchesMax) {
    root.error_at(table->line, "[switches]",
                  fmt::format("at most {} switches, not {}", kDialectSwitchesMax, rows_.size()));
  }
}

void SwitchTable::set(DialectProblems& problems, const std::pair<std::string, bool>& from_outside) {
  if (Row* row = find(from_outside.first)) {
    row->value.on = from_outside.second;
    return;
  }
  problems.error(0, fmt::format("set from outside: {}", unknown_name("switch", from_outside.first, names())));
}

SwitchTable::Row* SwitchTable::find(std::string_view name) {
  const auto at = std::ranges::find(rows_, name, [](const Row& row) -> std::string_view { return row.value.name; });
  return at == rows_.end() ? nullptr : &*at;
}

std::vector<std::string_view> SwitchTable::names() const {
  std::vector<std::string_view> out;
  out.reserve(rows_.size());
  for (const Row& row : rows_) out.push_back(row.value.name);
  return out;
}

std::optional<bool> SwitchTable::state(const TableReader& in, std::string_view member, std::string_view condition) {
  const bool negated = condition.starts_with('!');
  Row* row = find(condition.substr(negated ? 1 : 0));
  if (row == nullptr) {
    in.error(member, unknown_name("switch", condition.substr(negated ? 1 : 0), names()));
    return std::nullopt;
  }
  row->used = true;
  return row->value.on != negated;
}

bool SwitchTable::flag(const TableReader& in, std::string_view member, bool absent) {
  const TomlValue* value = in.raw(member);
  if (value == nullptr) return absent;
  if (value->kind == TomlKind::kBoolean) return value->boolean;
  if (value->kind == TomlKind::kText) return state(in, member, value->text).value_or(absent);
  in.error(member, "expected true, false or the name of a switch");
  return absent;
}

void SwitchTable::warn_unused(DialectProblems& problems) const {
  for (const Row& row : rows_)
    if (!row.used) problems.warning(row.line, fmt::format("[switches]: nothing looks at \"{}\"", row.value.name));
}

std::vector<DialectSwitch> SwitchTable::in_force() const {
  std::vector<DialectSwitch> out;
  out.reserve(rows_.size());
  for (const Row& row : rows_) out.push_back(row.value);
  return out;
}

}  // namespace signet
