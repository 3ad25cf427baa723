// Files of lines that a chain of hashes ties together (protocol/json/line_chain.h): exports of the audit log and logs
// of issued tokens. Every line begins with its number.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/json/line_chain.h"
#include "tools/ctl/failure.h"

namespace signet::ctl {

// Where a file's chain begins: the number before its first line, and the hash of that line.
struct ChainStart {
  uint64_t number = 0;
  Sha256Digest hash{};
};

struct ChainedFile {
  uint64_t octets = 0;
  uint64_t lines = 0;   // that follow from each other
  uint64_t number = 0;  // of the last of them
  Sha256Digest hash{};  // likewise
  std::string fault;    // "line 7 was altered, ..."; empty = none. What is counted above ends before it
};

// read_chained_file follows the chain through a whole file. `take` gets each line that follows, and the octets read so
// far; it may be empty. Blocks. Failure: the file cannot be read.
using TakeLine = std::function<void(std::string_view line, uint64_t octets)>;
std::expected<ChainedFile, Failure> read_chained_file(const std::string& path, const ChainStart& start,
                                                      const TakeLine& take);

// The number that a line begins with; 0 = none.
uint64_t line_number_of(std::string_view line);

// The first line of a file; empty when there is none.
std::string first_line_of(const std::string& path);

}  // namespace signet::ctl
