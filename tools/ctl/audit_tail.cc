// signetctl audit tail: the end of the audit log, and what comes.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <thread>

#include "tools/ctl/audit_pages.h"
#include "tools/ctl/commands.h"
#include "tools/ctl/issuance_tail.h"
#include "tools/ctl/terminal_text.h"

namespace signet::ctl {
namespace {

constexpr std::chrono::seconds kPollInterval{1};
constexpr uint64_t kLinesDefault = 20;
constexpr uint64_t kLinesMax = 1000;

// "#7" in the audit log, "#7.3" for the third token of one of its rows, "line 9" in the log of issued tokens.
std::string number_text(const JsonValue& record) {
  if (record.find("line") != nullptr) return "line " + text_of(record, "line");
  const std::string token = text_of(record, "token");
  return "#" + text_of(record, "sequence") + (token.empty() ? "" : "." + token);
}

// One line for people: when, who, what, about what.
std::string line_of(const JsonValue& record) {
  const std::string tenant = text_of(record, "tenant");
  const std::string head =
      fmt::format("{} {} {} {}{}", text_of(record, "time"), number_text(record), text_of(record, "what"),
                  escape_lines(text_of(record, "subject")), tenant.empty() ? std::string() : " of tenant " + tenant);
  const JsonValue* after = record.find("after");
  if (text_of(record, "what") != "token.issued" || after == nullptr) {
    return fmt::format("{} (uid {}, {})\n", head, text_of(record, "uid"), text_of(record, "via"));
  }
  const std::string jti = text_of(*after, "jti");
  return fmt::format("{} ({} {}, {})\n", head, jti.empty() ? "hash" : "jti",
                     jti.empty() ? text_of(*after, "token_hash") : jti, escape_lines(text_of(*after, "endpoint")));
}

void show(Call& call, const std::vector<JsonValue>& records) {
  for (const JsonValue& record : records) {
    call.json() ? call.print_json(compact_json(record)) : call.print(line_of(record));
  }
  std::fflush(call.streams().out);
}

// Both logs in the order of time; within one its own order counts, whatever the clock did.
std::vector<JsonValue> in_order(const std::vector<JsonValue>& records, const std::vector<JsonValue>& tokens) {
  std::vector<JsonValue> all;
  std::ranges::merge(
      records, tokens, std::back_inserter(all), {}, [](const JsonValue& one) { return number_of(one, "time_ms"); },
      [](const JsonValue& one) { return number_of(one, "time_ms"); });
  return all;
}

}  // namespace

Outcome audit_tail(Call& call) {
  Arguments arguments = call.new_arguments();
  AuditFilter filter;
  std::optional<uint64_t> lines;
  bool follow = false;
  arguments.option("--lines", "N", lines, 1, kLinesMax, "Look at the last N records; 20 when not given");
  arguments.flag("--follow", follow, "Wait for more, until interrupted");
  arguments.option("--tenant", "TENANT", filter.tenant, "Only what concerns this tenant");
  arguments.option("--what", "WHAT", filter.what,
                   "Only this, `client.add`; with a dot at the end all that begin so, `key.`");
  arguments.option("--subject", "SUBJECT", filter.subject, "Only what concerns this client, key or other subject");
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  const uint64_t count = lines.value_or(kLinesDefault);
  auto page = fetch_audit_page(call, 0, fmt::format("&last={}", count) + filter.query());
  std::optional<IssuanceTail> tokens;
  while (page) {
    if (!tokens) {
      tokens.emplace(text_of(page->body, "issuance_directory"), filter);
      show(call, in_order(*page->records, tokens->last(count)));
    } else {
      show(call, in_order(*page->records, tokens->more()));
    }
    if (!page->fault.empty()) return std::unexpected(Failure{"audit " + page->fault + "; see signetctl audit verify"});
    if (page->checked_to >= page->end) {
      if (!follow) return {};
      std::this_thread::sleep_for(kPollInterval);
    }
    page = fetch_audit_page(call, page->checked_to, filter.query());
  }
  return std::unexpected(page.error());
}

}  // namespace signet::ctl
