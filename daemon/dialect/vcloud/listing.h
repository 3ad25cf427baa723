// A list of vCloud Director's OpenAPI: which objects are asked for, in what order, and which page of them.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "daemon/dialect/parameters.h"
#include "daemon/dialect/vcloud/filter.h"

namespace signet {

struct ListQuery {
  FiqlFilter filter;
  size_t page = 1;        // from 1
  size_t page_size = 25;  // 1 to 128
  bool descending = false;
};

// The largest that is looked at: an organisation with more tokens asks with a filter by owner.
inline constexpr size_t kListedMax = 10'000;

// From the query: filter (percent-decoded once more with filterEncoded=true), page, pageSize, sortAsc, sortDesc. Only
// `name` can be sorted by. Nothing when a value is none; a page size above 128 is 128.
std::optional<ListQuery> read_list_query(const DialectParameters& parameters);

// {"resultTotal":..,"pageCount":..,"page":..,"pageSize":..,"values":[..]} of objects with these names. `render` gives
// the JSON of the one whose name stands at an index; it is called for those of the page alone.
std::string list_json(const ListQuery& query, std::span<const std::string> names,
                      const std::function<std::string(size_t index)>& render);

}  // namespace signet
