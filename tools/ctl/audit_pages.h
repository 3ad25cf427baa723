// The audit log, page by page.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "tools/ctl/command.h"
#include "tools/ctl/json_text.h"

namespace signet::ctl {

struct AuditPage {
  JsonValue body;  // the daemon's answer; `records` points into it
  const std::vector<JsonValue>* records = nullptr;
  uint64_t checked_to = 0;
  uint64_t end = 0;
  std::string fault;  // "record 7 was altered, ..."; empty = none
};

// fetch_audit_page asks for the page behind `after`; `query` has further parameters, each with its "&" in front.
std::expected<AuditPage, Failure> fetch_audit_page(Call& call, uint64_t after, const std::string& query);

// The whole log, or up to the first fault. `take` gets each page. Shows a progress bar. Gives the last page.
std::expected<AuditPage, Failure> read_audit_log(Call& call, const std::string& query,
                                                 const std::function<void(const AuditPage&)>& take);

}  // namespace signet::ctl
