#include "tools/ctl/audit_pages.h"

#include <fmt/format.h>

#include "tools/ctl/import/progress.h"

namespace signet::ctl {

uint64_t number_of(const JsonValue& object, std::string_view name) {
  const JsonValue* value = object.find(name);
  const auto number = value == nullptr ? std::nullopt : value->as_integer();
  return number && *number > 0 ? static_cast<uint64_t>(*number) : 0;
}

std::expected<AuditPage, Failure> fetch_audit_page(Call& call, uint64_t after, const std::string& query) {
  const std::string start = after == 0 ? std::string() : fmt::format("after={}", after);
  std::string parameters = start + query;
  if (parameters.starts_with('&')) parameters.erase(0, 1);
  const auto answer =
      call.admin().call("GET", parameters.empty() ? std::string("/v1/audit") : "/v1/audit?" + parameters);
  if (!answer) return std::unexpected(answer.error());
  auto body = read_answer(answer->body);
  if (!body) return std::unexpected(body.error());
  AuditPage page{.body = *std::move(body)};
  const JsonValue* records = page.body.find("records");
  if (records == nullptr || records->as_array() == nullptr) {
    return std::unexpected(Failure{"the daemon's answer has no audit records"});
  }
  page.records = records->as_array();
  page.checked_to = number_of(page.body, "checked_to");
  page.end = number_of(page.body, "end");
  page.base = number_of(page.body, "base");
  page.exported = number_of(page.body, "exported");
  const JsonValue* fault = page.body.find("fault");
  if (fault != nullptr && fault->as_object() != nullptr) {
    page.fault = fmt::format("record {} {}", number_of(*fault, "sequence"), text_of(*fault, "text"));
  }
  return page;
}

std::expected<uint64_t, Failure> last_audit_record_before(Call& call, UnixMs instant) {
  auto page = fetch_audit_page(call, 0, "&limit=1");
  if (!page) return std::unexpected(page.error());
  // Every record up to `low` is before it, none behind `high` is.
  uint64_t low = page->base;
  uint64_t high = page->end;
  while (low < high) {
    const uint64_t middle = low + (high - low) / 2;  // the one behind it is looked at
    page = fetch_audit_page(call, middle, "&limit=1");
    if (!page) return std::unexpected(page.error());
    if (!page->fault.empty()) return std::unexpected(Failure{"audit " + page->fault});
    if (page->records->empty()) return std::unexpected(Failure{"the daemon's answer has no audit records"});
    number_of(page->records->front(), "time_ms") < static_cast<uint64_t>(instant) ? low = middle + 1 : high = middle;
  }
  return low == page->base ? 0 : low;
}

std::expected<AuditPage, Failure> read_audit_log(Call& call, const std::string& query,
                                                 const std::function<void(const AuditPage&)>& take) {
  std::optional<Progress> progress;
  for (uint64_t after = 0;;) {
    auto page = fetch_audit_page(call, after, query);
    if (!page) return page;
    take(*page);
    if (!progress) progress.emplace(call.streams().err, page->end);
    progress->update(page->checked_to);
    if (!page->fault.empty() || page->checked_to >= page->end) return page;
    if (page->checked_to <= after) return std::unexpected(Failure{"the daemon's answer does not go on"});
    after = page->checked_to;
  }
}

}  // namespace signet::ctl
