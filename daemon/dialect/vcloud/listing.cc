#include "daemon/dialect/vcloud/listing.h"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <vector>

#include "protocol/oauth/percent_decode.h"

namespace signet {
namespace {

constexpr size_t kPageSizeMax = 128;
constexpr size_t kPageMax = 1'000'000;

// A number from 1 on; false when it is none. An absent one stays as it is.
bool read_number(const DialectParameters& parameters, std::string_view name, size_t max, size_t& out) {
  const std::string_view text = parameters.query(name);
  if (text.empty()) return true;
  size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number == 0) return false;
  out = std::min(number, max);
  return true;
}

}  // namespace

std::optional<ListQuery> read_list_query(const DialectParameters& parameters) {
  ListQuery query;
  std::string text(parameters.query("filter"));
  std::string_view filter_text = text;
  if (parameters.query("filterEncoded") == "true") {
    const auto decoded = percent_decode(std::span<char>(text));
    if (!decoded) return std::nullopt;
    filter_text = *decoded;
  }
  auto filter = FiqlFilter::read(filter_text);
  if (!filter) return std::nullopt;
  query.filter = *std::move(filter);
  const std::string_view ascending = parameters.query("sortAsc");
  const std::string_view descending = parameters.query("sortDesc");
  if ((!ascending.empty() && ascending != "name") || (!descending.empty() && descending != "name")) {
    return std::nullopt;
  }
  query.descending = !descending.empty();
  if (!read_number(parameters, "page", kPageMax, query.page)) return std::nullopt;
  if (!read_number(parameters, "pageSize", kPageSizeMax, query.page_size)) return std::nullopt;
  return query;
}

std::string list_json(const ListQuery& query, std::span<const std::string> names,
                      const std::function<std::string(size_t index)>& render) {
  std::vector<size_t> order(names.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::stable_sort(
      order, [&](size_t a, size_t b) { return query.descending ? names[b] < names[a] : names[a] < names[b]; });
  const size_t pages = (order.size() + query.page_size - 1) / query.page_size;
  std::string out = R"({"resultTotal":)" + std::to_string(order.size()) + R"(,"pageCount":)" + std::to_string(pages) +
                    R"(,"page":)" + std::to_string(query.page) + R"(,"pageSize":)" + std::to_string(query.page_size) +
                    R"(,"values":[)";
  const size_t begin = std::min((query.page - 1) * query.page_size, order.size());
  const size_t end = std::min(begin + query.page_size, order.size());
  for (size_t i = begin; i < end; ++i) {
    if (i != begin) out.push_back(',');
    out.append(render(order[i]));
  }
  return out.append("]}");
}

}  // namespace signet
