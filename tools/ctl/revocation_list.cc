// signetctl revocation list.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "tools/ctl/commands.h"
#include "tools/ctl/paged_listing.h"

namespace signet::ctl {
namespace {

constexpr std::array<std::string_view, 7> kKinds{"token", "family", "client", "subject", "tenant", "key", "token_hash"};

void add_revocation_row(Table& table, const JsonValue& revocation) {
  table.add_row({text_of(revocation, "sequence"), text_of(revocation, "kind"), text_of(revocation, "value"),
                 text_of(revocation, "issued_before"), text_of(revocation, "revoked_at"),
                 text_of(revocation, "expires_at")});
}

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
  std::string query;
  if (tenant) query += "&tenant=" + percent_encode(*tenant);
  if (kind) query += "&kind=" + *kind;
  return show_pages(
      call,
      {.path = "/v1/revocations",
       .member = "revocations",
       .query = std::move(query),
       .page_max = 1000,
       .rows_max = limit.value_or(UINT64_MAX),
       .table = Table({{"SEQUENCE", Align::kRight}, {"KIND"}, {"VALUE"}, {"ISSUED BEFORE"}, {"REVOKED"}, {"EXPIRES"}}),
       .add_row = add_revocation_row});
}

}  // namespace signet::ctl
