#include "tools/ctl/audit_pages.h"

#include <fmt/format.h>

#include "tools/ctl/import/progress.h"

namespace signet::ctl {
namespace {

uint64_t number_of(const JsonValue& object, std::string_view name) {
  const JsonValue* value = object.find(name);
  const auto number = value == nullptr ? std::nullopt : value->as_integer();
  return number && *number > 0 ? static_cast<uint64_t>(*number) : 0;
}

}  // namespace

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
  const JsonValue* fault = page.body.find("fault");
  if (fault != nullptr && fault->as_object() != nullptr) {
    page.fault = fmt::format("record {} {}", number_of(*fault, "sequence"), text_of(*fault, "text"));
  }
  return page;
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
