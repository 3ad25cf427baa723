#include "protocol/dialect/dialect_problems.h"

#include <fmt/format.h>

#include <algorithm>

namespace signet {

std::string describe(const DialectProblem& problem) {
  if (problem.line == 0) return fmt::format("{}: {}", problem.file, problem.text);
  return fmt::format("{}:{}: {}", problem.file, problem.line, problem.text);
}

void DialectProblems::add(std::vector<DialectProblem>& to, uint32_t line, std::string text) {
  DialectProblem problem{file_, line, std::move(text)};
  // More than this is only counted on being too many: bounds the comparisons.
  if (to.size() >= 2 * kDialectProblemsMax || std::ranges::find(to, problem) != to.end()) return;
  to.push_back(std::move(problem));
}

std::vector<DialectProblem> DialectProblems::sorted(std::vector<DialectProblem> problems) {
  std::ranges::stable_sort(problems, {}, &DialectProblem::line);
  if (problems.size() > kDialectProblemsMax) problems.resize(kDialectProblemsMax);
  return problems;
}

}  // namespace signet
