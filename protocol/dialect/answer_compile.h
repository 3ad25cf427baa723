// From rows as written to answers as sent: rows are laid over each other, templates compiled, constants rendered.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "protocol/dialect/answer_row.h"
#include "protocol/dialect/dialect.h"
#include "protocol/dialect/dialect_problems.h"

namespace signet {

// What answers of one endpoint, or of the dialect as a whole, stand on. All borrowed.
struct AnswerScope {
  std::span<const std::vector<HeaderRow>* const> headers;  // of switches and the dialect; first before last
  std::vector<std::string>* captures = nullptr;
  std::vector<std::string>* requests = nullptr;
  uint32_t refused_values = 0;  // see TemplateScope
  std::string_view refused_reason;
  DialectProblems* problems = nullptr;
};

using ErrorIndexes = std::array<uint16_t, kDialectConditionCount>;

DialectAnswer compile_success(const AnswerRow& row, const AnswerScope& scope);

// Where conditions stand about which a set of rows says nothing.
struct SharedErrors {
  std::span<const ErrorRows* const> own;  // that set
  const ErrorIndexes* indexes = nullptr;  // into the same answers
};

// compile_errors lays `layers` over each other, first before last: for each value the rows of a condition in all layers
// come before every layer's default, and those before the built-in. Answers are appended to `answers`.
ErrorIndexes compile_errors(std::span<const ErrorRows* const> layers, const AnswerScope& scope,
                            std::vector<DialectErrorAnswer>& answers, const SharedErrors& shared = {});

}  // namespace signet
