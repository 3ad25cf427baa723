// SinkOutput: where an audit sink's lines go: a file, or the system's log.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace signet {

// One thread. Blocks no longer than a write to a regular file does.
class SinkOutput {
 public:
  virtual ~SinkOutput() = default;
  // Takes lines, each without a line feed, in order, and gives how many were taken; when that is not all, `why` says
  // what hindered the next one. It may be offered again.
  virtual size_t write(std::span<const std::string> lines, std::string& why) = 0;
  // Lines that could not be taken for their size, and were replaced by one that says so. Any thread.
  virtual size_t cut() const { return 0; }
  // Opens anew: the file may have been moved away.
  virtual void reopen() = 0;
};

// make_sink_output: `target` as `audit_sink` in the configuration has it (check_audit_sink). Opens nothing yet.
std::unique_ptr<SinkOutput> make_sink_output(std::string_view target);

}  // namespace signet
