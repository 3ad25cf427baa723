// The end of the log of issued tokens, and what comes, for `audit tail`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/json/value.h"

namespace signet::ctl {

struct AuditFilter {
  std::optional<std::string> tenant, what, subject;

  // What the daemon is asked: "&tenant=...".
  std::string query() const;
  // Whether an issued token of this tenant and client is asked for.
  bool takes_token(std::string_view of_tenant, std::string_view client) const;
};

// Not thread-safe. Reads no more of a file than its last few MiB at first.
class IssuanceTail {
 public:
  IssuanceTail(std::string directory, AuditFilter filter)
      : directory_(std::move(directory)), filter_(std::move(filter)) {}

  // The tokens among the last `lines` lines, as records of the audit log are: time, time_ms, what, tenant, subject,
  // after.
  std::vector<JsonValue> last(uint64_t lines);
  // Those that came since.
  std::vector<JsonValue> more();

 private:
  std::vector<std::string> read_lines();
  std::vector<JsonValue> records_of(const std::vector<std::string>& lines) const;

  const std::string directory_;
  const AuditFilter filter_;
  std::string path_;  // read up to offset_
  uint64_t offset_ = 0;
};

}  // namespace signet::ctl
