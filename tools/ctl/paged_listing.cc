#include "tools/ctl/paged_listing.h"

#include <fmt/format.h>

#include <algorithm>

namespace signet::ctl {
namespace {

class Printer {
 public:
  Printer(Call& call, PagedListing& listing) : call_(call), listing_(listing) {}

  void page(const JsonValue::Array& rows) {
    if (call_.json() && !begun_) call_.print(fmt::format("{{\"{}\":[", listing_.member));
    for (const JsonValue& row : rows) add(row);
    if (!call_.json() && !listing_.table.empty()) {
      call_.print(listing_.table.render(!titled_));
      titled_ = true;
    }
    begun_ = true;
  }
  void end() {
    if (call_.json()) call_.print("]}\n");
    if (!call_.json() && count_ == 0) call_.note(fmt::format("no {}", listing_.member));
  }

 private:
  void add(const JsonValue& row) {
    if (call_.json()) {
      call_.print(count_ == 0 ? "" : ",");
      call_.print(compact_json(row));
    } else {
      listing_.add_row(listing_.table, row);
    }
    ++count_;
  }

  Call& call_;
  PagedListing& listing_;
  uint64_t count_ = 0;
  bool begun_ = false;
  bool titled_ = false;
};

}  // namespace

Outcome show_pages(Call& call, PagedListing listing) {
  Printer printer(call, listing);
  std::string after;
  for (uint64_t left = listing.rows_max; left != 0;) {
    std::string target = fmt::format("{}?limit={}{}", listing.path, std::min(left, listing.page_max), listing.query);
    if (!after.empty()) target += "&after=" + percent_encode(after);
    const auto answer = call.admin().call("GET", target);
    if (!answer) return std::unexpected(answer.error());
    const auto page = read_answer(answer->body);
    if (!page) return std::unexpected(page.error());
    const JsonValue* rows = page->find(listing.member);
    if (rows == nullptr || rows->as_array() == nullptr) {
      return std::unexpected(Failure{fmt::format("the daemon's answer has no list of {}", listing.member)});
    }
    printer.page(*rows->as_array());
    left -= std::min<uint64_t>(left, rows->as_array()->size());
    const std::string next = text_of(*page, "next");
    if (next.empty() || next == after) break;  // the same again would never end
    after = next;
  }
  printer.end();
  return {};
}

}  // namespace signet::ctl
