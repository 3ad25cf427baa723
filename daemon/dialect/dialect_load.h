// load_dialects: from what the configuration names to a DialectSet: files that come with Signet and the operator's own.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/dialect/dialect_set.h"
#include "protocol/dialect/dialect_file.h"

namespace signet {

struct DialectChoice {
  std::vector<std::string> shipped;  // names of the shipped ones to serve; "*" = all
  // All *.toml there, by name; one of a shipped one's name takes its place, whether that is listed or not. Empty =
  // none.
  std::string directory;
  bool directory_may_be_missing = false;
  std::vector<std::pair<std::string, bool>> switches;  // "novapost.sandbox"
};

// compile_dialect is read_dialect with the handlers of this daemon. The warnings have besides what an operator should
// know of the switches that are on and make something weaker than it need be. Any thread, allocates.
std::expected<ReadDialect, std::vector<DialectProblem>> compile_dialect(
    std::string_view text, std::string_view file, std::span<const std::pair<std::string, bool>> switches);

struct LoadedDialects {
  std::unique_ptr<const DialectSet> set;
  std::vector<std::string> warnings;  // "FILE:LINE: ..."
};

// Reads files and compiles: blocks, allocates. The error has a line for each mistake. Any thread.
std::expected<LoadedDialects, std::string> load_dialects(const DialectChoice& choice);

}  // namespace signet
