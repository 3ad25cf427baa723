// The files of the issuance log: their names, and where the last one ends.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/digest.h"

namespace signet {

// "issuance-00000007.jsonl".
std::string issuance_file_name(uint32_t number);

// The log's files in a directory, in order; empty when there are none or no directory.
struct IssuanceFile {
  std::string path;
  uint32_t number = 0;
};
std::vector<IssuanceFile> issuance_files(const std::string& directory);

// Where a file ends.
struct IssuanceFileEnd {
  uint64_t size = 0;  // up to the last line feed
  uint64_t torn = 0;  // octets behind it
  uint64_t line = 0;  // number of the last line; 0 = there is no line
  Sha256Digest hash{};
};
// Reads the end of the file alone. An error text when its last line is none of the log. Blocks.
std::expected<IssuanceFileEnd, std::string> read_issuance_end(const std::string& path);

// The number of a line, "n", which is its first member; 0 = it has none.
uint64_t issuance_line_number(std::string_view line);

}  // namespace signet
