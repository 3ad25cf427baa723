// read_dialect: from the text of a dialect's file to a Dialect, or to everything that is wrong with it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/dialect/dialect.h"

namespace signet {

inline constexpr size_t kDialectFileSizeMax = 64 * 1024;
inline constexpr size_t kDialectEndpointsMax = 64;
inline constexpr size_t kEndpointPathsMax = 16;
inline constexpr size_t kAnswerHeadersMax = 32;
inline constexpr size_t kDialectSwitchesMax = 32;
inline constexpr size_t kEndpointCredentialsMax = 8;
inline constexpr size_t kDialectProblemsMax = 100;  // more are not listed

struct DialectProblem {
  std::string file;
  uint32_t line = 0;  // from 1; 0 = the file as a whole
  std::string text;   // what is wrong and what is allowed

  friend bool operator==(const DialectProblem&, const DialectProblem&) = default;
};

// "file:line: text".
std::string describe(const DialectProblem& problem);

// Borrowed for the call.
struct DialectFileOptions {
  std::span<const std::pair<std::string, bool>> switches;  // set from outside the file
  std::span<const std::string_view> handlers;              // that the daemon has besides "issue" and "answer"
};

struct ReadDialect {
  Dialect dialect;
  std::vector<DialectProblem> warnings;  // by line
};

// read_dialect reads, checks and compiles. Pure; `file` is a name for messages alone. Gives every problem of the file,
// in the order of lines. Parts that a switch turns off are checked like the others. Any thread, allocates.
std::expected<ReadDialect, std::vector<DialectProblem>> read_dialect(std::string_view text, std::string_view file,
                                                                     const DialectFileOptions& options = {});

}  // namespace signet
