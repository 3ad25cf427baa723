// signetctl client list.
#include "tools/ctl/client_text.h"
#include "tools/ctl/commands.h"
#include "tools/ctl/paged_listing.h"

namespace signet::ctl {

Outcome client_list(Call& call) {
  Arguments arguments = call.new_arguments();
  std::optional<std::string> tenant;
  std::optional<uint64_t> limit;
  arguments.option("--tenant", "TENANT", tenant, "Tenant; `default` when not given");
  arguments.option("--limit", "COUNT", limit, 1, UINT64_MAX, "Show at most so many");
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  return show_pages(call, {.path = "/v1/clients",
                           .member = "clients",
                           .query = tenant ? "&tenant=" + percent_encode(*tenant) : "",
                           .page_max = 1000,
                           .rows_max = limit.value_or(UINT64_MAX),
                           .table = client_table(),
                           .add_row = add_client_row});
}

}  // namespace signet::ctl
