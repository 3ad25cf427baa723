// DialectProblems: collects what is wrong with one file, so that one run shows everything.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/dialect/dialect_file.h"

namespace signet {

// One file's. Thread rule: one at a time.
class DialectProblems {
 public:
  explicit DialectProblems(std::string_view file) : file_(file) {}

  // The same text at the same line is kept once: a row of defaults is compiled for every condition.
  void error(uint32_t line, std::string text) { add(errors_, line, std::move(text)); }
  void warning(uint32_t line, std::string text) { add(warnings_, line, std::move(text)); }
  bool has_errors() const { return !errors_.empty(); }

  // By line, at most kDialectProblemsMax.
  std::vector<DialectProblem> take_errors() { return sorted(std::move(errors_)); }
  std::vector<DialectProblem> take_warnings() { return sorted(std::move(warnings_)); }

 private:
  void add(std::vector<DialectProblem>& to, uint32_t line, std::string text);
  static std::vector<DialectProblem> sorted(std::vector<DialectProblem> problems);

  std::string file_;
  std::vector<DialectProblem> errors_;
  std::vector<DialectProblem> warnings_;
};

}  // namespace signet
