// The log of issued tokens (`audit_issuance = "os"`): files that the daemon writes and signetctl reads where they are.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/ctl/audit_pages.h"
#include "tools/ctl/chained_file.h"

namespace signet::ctl {

// Where the log stood at the end of a file, as the audit log has it.
struct IssuancePlace {
  std::string file;
  uint64_t line = 0;
  std::string chain;
};

// Takes what the audit log says of it, record by record.
class IssuancePlaces {
 public:
  void take(const JsonValue& record);
  const std::vector<IssuancePlace>& places() const { return places_; }

 private:
  std::vector<IssuancePlace> places_;  // of the log that is there: one that began anew forgets those before it
};

// The paths of the log's files, in order; empty when there are none.
std::vector<std::string> issuance_paths(const std::string& directory);

struct IssuanceReport {
  uint64_t files = 0;
  uint64_t first = 0;  // number of the first line that is there
  uint64_t last = 0;
  std::string chain;  // hash of that line
  std::string fault;  // "FILE: line 7 was altered, ..."; empty = none
};

// check_issuance_files follows the chain through all files and compares it with what the audit log says of their ends.
// `progress` gets the octets read so far, of all. Blocks.
std::expected<IssuanceReport, Failure> check_issuance_files(const std::vector<std::string>& paths,
                                                            const std::vector<IssuancePlace>& places,
                                                            const std::function<void(uint64_t)>& progress);

}  // namespace signet::ctl
