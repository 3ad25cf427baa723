// signetctl audit tail: the end of the audit log, and what comes.
#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "tools/ctl/audit_pages.h"
#include "tools/ctl/client_options.h"
#include "tools/ctl/commands.h"
#include "tools/ctl/terminal_text.h"

namespace signet::ctl {
namespace {

constexpr std::chrono::seconds kPollInterval{1};
constexpr uint64_t kLinesDefault = 20;
constexpr uint64_t kLinesMax = 1000;

// One line for people: when, who, what, about what.
std::string line_of(const JsonValue& record) {
  const std::string tenant = text_of(record, "tenant");
  return fmt::format("{} #{} {} {}{} (uid {}, {})\n", text_of(record, "time"), text_of(record, "sequence"),
                     text_of(record, "what"), escape_lines(text_of(record, "subject")),
                     tenant.empty() ? std::string() : " of tenant " + tenant, text_of(record, "uid"),
                     text_of(record, "via"));
}

void show(Call& call, const AuditPage& page) {
  for (const JsonValue& record : *page.records) {
    call.json() ? call.print_json(compact_json(record)) : call.print(line_of(record));
  }
  std::fflush(call.streams().out);
}

}  // namespace

Outcome audit_tail(Call& call) {
  Arguments arguments = call.new_arguments();
  std::optional<std::string> tenant, what, subject;
  std::optional<uint64_t> lines;
  bool follow = false;
  arguments.option("--lines", "N", lines, 1, kLinesMax, "Look at the last N records; 20 when not given");
  arguments.flag("--follow", follow, "Wait for more, until interrupted");
  arguments.option("--tenant", "TENANT", tenant, "Only what concerns this tenant");
  arguments.option("--what", "WHAT", what, "Only this, `client.add`; with a dot at the end all that begin so, `key.`");
  arguments.option("--subject", "SUBJECT", subject, "Only what concerns this client, key or other subject");
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  std::string filter;
  if (tenant) filter += "&tenant=" + percent_encode(*tenant);
  if (what) filter += "&what=" + percent_encode(*what);
  if (subject) filter += "&subject=" + percent_encode(*subject);
  auto page = fetch_audit_page(call, 0, fmt::format("&last={}", lines.value_or(kLinesDefault)) + filter);
  while (page) {
    show(call, *page);
    if (!page->fault.empty()) return std::unexpected(Failure{"audit " + page->fault + "; see signetctl audit verify"});
    if (page->checked_to >= page->end) {
      if (!follow) return {};
      std::this_thread::sleep_for(kPollInterval);
    }
    page = fetch_audit_page(call, page->checked_to, filter);
  }
  return std::unexpected(page.error());
}

}  // namespace signet::ctl
