// read_endpoint: one [[endpoint]] table, but for its answers.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/dialect/answer_row.h"
#include "protocol/dialect/dialect.h"
#include "protocol/dialect/switch_table.h"

namespace signet {

// An endpoint before its answers are compiled.
struct EndpointRow {
  uint32_t line = 0;
  DialectEndpoint endpoint;
  std::vector<uint32_t> path_lines;  // by endpoint.paths
  uint32_t captures_here = 0;        // 1 << index of each capture of its paths
  bool served = true;                // no switch turns it off
  bool has_success = false;          // success is there, right or wrong
  std::optional<AnswerRow> success, success_with_refresh;
  ErrorRows errors;
  std::optional<size_t> error_set;  // into EndpointReading::error_sets
};

// What an endpoint is read with. Borrowed.
struct EndpointReading {
  SwitchTable& switches;
  std::span<const std::string_view> handlers;    // all of them, from kHandlerIssue
  std::span<const std::string_view> error_sets;  // the names of [error_sets]
  std::vector<std::string>& captures;
  bool has_token = false;  // the file has a [token]
  DialectProblems& problems;
};

EndpointRow read_endpoint(const TomlValue& table, const EndpointReading& reading);

// Values that have none in `row`'s success, as TemplateScope::refused_values, and why.
uint32_t values_without_meaning(const EndpointRow& row, std::string_view& reason);

}  // namespace signet
