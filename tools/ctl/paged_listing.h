// Listings of any length: all pages that the daemon has, shown as they come.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tools/ctl/command.h"
#include "tools/ctl/json_text.h"
#include "tools/ctl/table.h"

namespace signet::ctl {

struct PagedListing {
  std::string_view path;    // of the daemon's list
  std::string_view member;  // of its answer that holds the rows; also of ours with --json, one object over all pages
  std::string query;        // further parameters, each with its "&" in front
  uint64_t page_max = 1;    // the most that the daemon gives at once
  uint64_t rows_max = UINT64_MAX;
  Table table;
  void (*add_row)(Table& table, const JsonValue& row) = nullptr;
};

// show_pages prints the listing, or a note that there is nothing. After a refusal of the first page nothing has been
// printed: no half of a JSON text.
Outcome show_pages(Call& call, PagedListing listing);

}  // namespace signet::ctl
