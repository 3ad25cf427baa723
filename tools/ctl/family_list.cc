// signetctl family list: all pages, shown as they come.
#include "tools/ctl/commands.h"
#include "tools/ctl/family_text.h"

namespace signet::ctl {
namespace {

// What a page is rendered into. JSON is one object over all pages.
class FamilyListing {
 public:
  explicit FamilyListing(Call& call) : call_(call), table_(family_table()) {
    if (call_.json()) call_.print("{\"families\":[");
  }

  void add(const JsonValue& family) {
    if (call_.json()) {
      call_.print(count_ == 0 ? "" : ",");
      call_.print(compact_json(family));
    } else {
      add_family_row(table_, family);
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
    if (!call_.json() && count_ == 0) call_.note("no families");
  }

 private:
  Call& call_;
  Table table_;
  uint64_t count_ = 0;
  bool titled_ = false;
};

std::string first_target(const std::optional<std::string>& tenant, const std::optional<std::string>& client,
                         const std::optional<std::string>& subject) {
  std::string target = "/v1/families?limit=500";
  if (tenant) target += "&tenant=" + percent_encode(*tenant);
  if (client) target += "&client=" + percent_encode(*client);
  if (subject) target += "&subject=" + percent_encode(*subject);
  return target;
}

}  // namespace

Outcome family_list(Call& call) {
  Arguments arguments = call.new_arguments();
  std::optional<std::string> client;
  std::optional<std::string> subject;
  std::optional<std::string> tenant;
  arguments.option("--client", "ID", client, "Families of this client alone");
  arguments.option("--subject", "SUBJECT", subject, "Families of this subject alone");
  arguments.option("--tenant", "TENANT", tenant, "Tenant; `default` when not given");
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  const std::string target = first_target(tenant, client, subject);
  std::optional<FamilyListing> listing;
  for (std::string after;;) {
    const auto answer = call.admin().call("GET", after.empty() ? target : target + "&after=" + percent_encode(after));
    if (!answer) return std::unexpected(answer.error());
    const auto page = read_answer(answer->body);
    if (!page) return std::unexpected(page.error());
    const JsonValue* families = page->find("families");
    if (families == nullptr || families->as_array() == nullptr) {
      return std::unexpected(Failure{"the daemon's answer has no list of families"});
    }
    if (!listing) listing.emplace(call);  // only now: a refusal prints no half of a JSON text
    for (const JsonValue& family : *families->as_array()) listing->add(family);
    listing->end_page();
    const std::string* next = page->find_string("next");
    if (next == nullptr || *next == after) break;  // the same again would never end
    after = *next;
  }
  listing->end();
  return {};
}

}  // namespace signet::ctl
