// The audit log, page by page.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "protocol/base/time.h"
#include "tools/ctl/command.h"
#include "tools/ctl/json_text.h"

namespace signet::ctl {

struct AuditPage {
  JsonValue body;  // the daemon's answer; `records` points into it
  const std::vector<JsonValue>* records = nullptr;
  uint64_t checked_to = 0;
  uint64_t end = 0;
  uint64_t base = 0;      // records up to here were pruned
  uint64_t exported = 0;  // records up to here are in an export
  std::string fault;      // "record 7 was altered, ..."; empty = none
};

// fetch_audit_page asks for the page behind `after`; `query` has further parameters, each with its "&" in front.
std::expected<AuditPage, Failure> fetch_audit_page(Call& call, uint64_t after, const std::string& query);

// The sequence of the last record before an instant, as far as the times of the records rise; 0 = there is none.
std::expected<uint64_t, Failure> last_audit_record_before(Call& call, UnixMs instant);

// A number among the members of an object; 0 when it is not there.
uint64_t number_of(const JsonValue& object, std::string_view name);

// The whole log, or up to the first fault. `take` gets each page. Shows a progress bar. Gives the last page.
std::expected<AuditPage, Failure> read_audit_log(Call& call, const std::string& query,
                                                 const std::function<void(const AuditPage&)>& take);

}  // namespace signet::ctl
