// signetctl api-key list
#include "tools/ctl/api_key_text.h"
#include "tools/ctl/commands.h"
#include "tools/ctl/paged_listing.h"

namespace signet::ctl {

Outcome api_key_list(Call& call) {
  Arguments arguments = call.new_arguments();
  std::optional<std::string> client;
  std::optional<std::string> subject;
  std::optional<std::string> tenant;
  arguments.option("--client", "ID", client, "Keys of this client alone");
  arguments.option("--subject", "SUBJECT", subject, "Keys of this subject alone");
  arguments.option("--tenant", "TENANT", tenant, "Tenant; `default` when not given");
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  std::string query;
  if (tenant) query += "&tenant=" + percent_encode(*tenant);
  if (client) query += "&client=" + percent_encode(*client);
  if (subject) query += "&subject=" + percent_encode(*subject);
  return show_pages(call, {.path = "/v1/api-keys",
                           .member = "api_keys",
                           .query = std::move(query),
                           .page_max = 500,
                           .table = api_key_table(),
                           .add_row = add_api_key_row});
}

}  // namespace signet::ctl
