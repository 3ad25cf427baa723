// load_dialects: from what the configuration names to a DialectSet: files that come with Signet and the operator's own.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/dialect/dialect_set.h"

namespace signet {

struct DialectChoice {
  std::vector<std::string> shipped;  // names of the shipped ones to serve; "*" = all
  // All *.toml there, by name; one of a shipped one's name takes its place, whether that is listed or not. Empty =
  // none.
  std::string directory;
  bool directory_may_be_missing = false;
  std::vector<std::pair<std::string, bool>> switches;  // "novapost.sandbox"
};

// What an operator should know of the switches that are on: each makes something weaker than it need be.
std::vector<std::string> dialect_cautions(const Dialect& dialect);

struct LoadedDialects {
  std::unique_ptr<const DialectSet> set;
  std::vector<std::string> warnings;  // "FILE:LINE: ..."
};

// Reads files and compiles: blocks, allocates. The error has a line for each mistake. Any thread.
std::expected<LoadedDialects, std::string> load_dialects(const DialectChoice& choice);

}  // namespace signet
