// signetctl revocation list: all pages, shown as they come.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "tools/ctl/commands.h"
#include "tools/ctl/json_text.h"
#include "tools/ctl/table.h"

namespace signet::ctl {
namespace {

constexpr uint64_t kPageSize = 1000;  // the most that the daemon gives at once
constexpr std::array<std::string_view, 7> kKinds{"token", "family", "client", "subject", "tenant", "key", "token_hash"};

// What a page is rendered into. JSON is one object over all pages.
class RevocationListing {
 public:
  explicit RevocationListing(Call& call)
      : call_(call),
        table_({{"SEQUENCE", Align::kRight}, {"KIND"}, {"VALUE"}, {"ISSUED BEFORE"}, {"REVOKED"}, {"EXPIRES"}}) {
    if (call_.json()) call_.print("{\"revocations\":[");
  }

  void add(const JsonValue& revocation) {
    if (call_.json()) {
      call_.print(count_ == 0 ? "" : ",");
      call_.print(compact_json(revocation));
    } else {
      table_.add_row({text_of(revocation, "sequence"), text_of(revocation, "kind"), text_of(revocation, "value"),
                      text_of(revocation, "issued_before"), text_of(revocation, "revoked_at"),
                      text_of(revocation, "expires_at")});
    }
    ++count_;
  }

  void end_page() {
    if (call_.json() || table_.empty()) return;
    call_.print(table_.render(!titled_));
    titled_ = true;
  }

  void end() {
    if (call_.json()) call_.print("]}\n");
    if (!call_.json() && count_ == 0) call_.note("no revocations");
  }

 private:
  Call& call_;
  Table table_;
  uint64_t count_ = 0;
  bool titled_ = false;
};

}  // namespace

Outcome revocation_list(Call& call) {
  Arguments arguments = call.new_arguments();
  std::optional<std::string> tenant, kind;
  std::optional<uint64_t> limit;
  arguments.option("--tenant", "TENANT", tenant, "Tenant; `default` when not given");
  arguments.option("--kind", "KIND", kind, "Only token, family, client, subject, tenant, key or token_hash");
  arguments.option("--limit", "COUNT", limit, 1, UINT64_MAX, "Show at most so many");
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  if (kind && std::ranges::find(kKinds, *kind) == kKinds.end()) {
    return std::unexpected(usage_failure(fmt::format("--kind: one of {}", fmt::join(kKinds, ", "))));
  }
  std::optional<RevocationListing> listing;
  std::string after;
  for (uint64_t left = limit.value_or(UINT64_MAX); left != 0;) {
    std::string target = fmt::format("/v1/revocations?limit={}", std::min(left, kPageSize));
    if (tenant) target += "&tenant=" + percent_encode(*tenant);
    if (kind) target += "&kind=" + *kind;
    if (!after.empty()) target += "&after=" + percent_encode(after);
    const auto answer = call.admin().call("GET", target);
    if (!answer) return std::unexpected(answer.error());
    const auto page = read_answer(answer->body);
    if (!page) return std::unexpected(page.error());
    const JsonValue* revocations = page->find("revocations");
    if (revocations == nullptr || revocations->as_array() == nullptr) {
      return std::unexpected(Failure{"the daemon's answer has no list of revocations"});
    }
    if (!listing) listing.emplace(call);  // only now: a refusal prints no half of a JSON text
    for (const JsonValue& revocation : *revocations->as_array()) listing->add(revocation);
    listing->end_page();
    left -= std::min<uint64_t>(left, revocations->as_array()->size());
    const std::string next = text_of(*page, "next");
    if (next.empty() || next == after) break;  // the same again would never end
    after = next;
  }
  listing->end();
  return {};
}

}  // namespace signet::ctl
