// TableReader: the members of one TOML table by name and type; what is of another type or name becomes a problem.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/dialect/dialect_problems.h"
#include "protocol/dialect/toml_tree.h"

namespace signet {

// A text and where it stands.
struct LocatedText {
  std::string text;
  uint32_t line = 0;
};

// Borrows the tree and the problems. A reader of a table that is not there reads nothing and finds no mistake. After a
// mistake the answer is as if the member was absent; has() still says yes, so that nothing is called missing besides.
class TableReader {
 public:
  // `place` is for messages: "[token]". `known` are the names that the table may have: any other is a problem now.
  TableReader(const TomlValue* table, std::string place, std::span<const std::string_view> known,
              DialectProblems& problems);

  bool has(std::string_view name) const { return member(name) != nullptr; }
  // The line of member `name`, or of the table when there is none.
  uint32_t line_of(std::string_view name) const;
  uint32_t line() const { return line_; }
  const std::string& place() const { return place_; }

  std::optional<LocatedText> text(std::string_view name) const;
  std::optional<int64_t> integer(std::string_view name, int64_t min, int64_t max) const;
  std::optional<bool> boolean(std::string_view name) const;
  const TomlValue* table(std::string_view name) const;
  // Elements that are texts; a single problem for each other one.
  std::vector<LocatedText> texts(std::string_view name) const;
  // The tables of an array of tables.
  std::vector<const TomlValue*> tables(std::string_view name) const;
  const TomlValue* raw(std::string_view name) const;

  // A problem of member `name`, at its line or at another.
  void error(std::string_view name, std::string_view text) const;
  void error_at(uint32_t line, std::string_view name, std::string_view text) const;
  DialectProblems& problems() const { return *problems_; }

 private:
  const TomlMember* member(std::string_view name) const;
  const TomlValue* typed(std::string_view name, TomlKind kind, std::string_view wanted) const;

  const TomlValue* table_;
  std::string place_;
  uint32_t line_ = 0;
  DialectProblems* problems_;
};

// unknown_name: "unknown WHAT "name"; did you mean "nearest"? (allowed: ...)".
std::string unknown_name(std::string_view what, std::string_view name, std::span<const std::string_view> known);

}  // namespace signet
