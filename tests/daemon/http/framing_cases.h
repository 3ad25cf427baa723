// Byte streams and how each must be answered: one row per framing rule. Used in process, over sockets and split at
// every octet.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace signet::http {

struct FramingCase {
  std::string_view rule;  // what is being tested, with its source
  std::string octets;     // one whole stream
  int status;             // of its first answer
  std::string body = {};  // of the echo, when the status is 200
};

// The rows; a stream of a row with status 200 leaves the connection open unless it says close.
const std::vector<FramingCase>& framing_cases();

}  // namespace signet::http
