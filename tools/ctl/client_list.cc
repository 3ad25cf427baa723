// signetctl client list: all pages, shown as they come.
#include <fmt/format.h>

#include <algorithm>

#include "tools/ctl/client_text.h"
#include "tools/ctl/commands.h"

namespace signet::ctl {
namespace {

constexpr uint64_t kPageSize = 1000;  // the most that the daemon gives at once

// What a page is rendered into. JSON is one object over all pages.
class ClientListing {
 public:
  explicit ClientListing(Call& call) : call_(call), table_(client_table()) {
    if (call_.json()) call_.print("{\"clients\":[");
  }

  void add(const JsonValue& client) {
    if (call_.json()) {
      call_.print(count_ == 0 ? "" : ",");
      call_.print(compact_json(client));
    } else {
      add_client_row(table_, client);
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
    if (!call_.json() && count_ == 0) call_.note("no clients");
  }

 private:
  Call& call_;
  Table table_;
  uint64_t count_ = 0;
  bool titled_ = false;
};

}  // namespace

Outcome client_list(Call& call) {
  Arguments arguments = call.new_arguments();
  std::optional<std::string> tenant;
  std::optional<uint64_t> limit;
  arguments.option("--tenant", "TENANT", tenant, "Tenant; `default` when not given");
  arguments.option("--limit", "COUNT", limit, 1, UINT64_MAX, "Show at most so many");
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  std::optional<ClientListing> listing;
  std::string after;
  for (uint64_t left = limit.value_or(UINT64_MAX); left != 0;) {
    std::string target = fmt::format("/v1/clients?limit={}", std::min(left, kPageSize));
    if (tenant) target += "&tenant=" + percent_encode(*tenant);
    if (!after.empty()) target += "&after=" + percent_encode(after);
    const auto answer = call.admin().call("GET", target);
    if (!answer) return std::unexpected(answer.error());
    const auto page = read_answer(answer->body);
    if (!page) return std::unexpected(page.error());
    const JsonValue* clients = page->find("clients");
    if (clients == nullptr || clients->as_array() == nullptr) {
      return std::unexpected(Failure{"the daemon's answer has no list of clients"});
    }
    if (!listing) listing.emplace(call);  // only now: a refusal prints no half of a JSON text
    for (const JsonValue& client : *clients->as_array()) listing->add(client);
    listing->end_page();
    left -= std::min<uint64_t>(left, clients->as_array()->size());
    const std::string* next = page->find_string("next");
    if (next == nullptr || *next == after) break;  // the same again would never end
    after = *next;
  }
  listing->end();
  return {};
}

}  // namespace signet::ctl
