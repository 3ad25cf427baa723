// SwitchTable: the switches of one dialect's file as they are in force, and which of them anything looks at.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/dialect/dialect.h"
#include "protocol/dialect/table_reader.h"

namespace signet {

// Thread rule: one at a time.
class SwitchTable {
 public:
  // Reads [switches] of `root`, then sets what comes from outside.
  SwitchTable(const TableReader& root, std::span<const std::pair<std::string, bool>> set);

  // Whether the condition "name" or "!name" holds; nothing, and a problem of `in`'s member, for an unknown name.
  std::optional<bool> state(const TableReader& in, std::string_view member, std::string_view condition);
  // A member that is true, false or such a condition; `absent` when it is not there or a mistake.
  bool flag(const TableReader& in, std::string_view member, bool absent);

  // Warns of switches that nothing looked at.
  void warn_unused(DialectProblems& problems) const;
  std::vector<DialectSwitch> in_force() const;

 private:
  struct Row {
    DialectSwitch value;
    uint32_t line;
    bool used;
  };
  void read(const TableReader& root);
  void set(DialectProblems& problems, const std::pair<std::string, bool>& from_outside);
  Row* find(std::string_view name);
  std::vector<std::string_view> names() const;

  std::vector<Row> rows_;
};

}  // namespace signet
