// An admin request after its HTTP framing: the path, a line feed, the query, a line feed, the body. Everything that is
// read before the store is asked.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/admin/client_fields.h"
#include "daemon/admin/routes.h"
#include "daemon/admin/token_fields.h"
#include "protocol/base/check.h"
#include "protocol/json/reader.h"

namespace {

using namespace signet;

std::string_view take_line(std::string_view& rest) {
  size_t end = std::min(rest.find('\n'), rest.size());
  std::string_view line = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return line;
}

void read_client(const JsonValue& value, ClientForm form) {
  auto fields = read_client_fields(value, form, 86'400);
  if (!fields) {
    SIGNET_CHECK(!fields.error().empty());
    return;
  }
  Client client;
  apply_client_fields(*fields, client);
  SIGNET_CHECK(client.scope.size() <= kClientScopeSizeMax);
  SIGNET_CHECK(client.audiences.size() <= kClientAudiencesMax && client.introspect.size() <= kClientAudiencesMax);
  SIGNET_CHECK(client.ttl_s <= 86'400);
  check_client(client);
}

void read_token(const JsonValue& value) {
  auto fields = read_token_fields(value, 86'400);
  if (!fields || fields->extra_members.empty()) return;
  // What goes into the token is JSON whatever came in.
  SIGNET_CHECK(read_json("{" + fields->extra_members + "}", {.size_max = 1 << 24, .depth_max = 16}).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  std::string_view path = take_line(rest);
  std::string query_text(take_line(rest));
  for (auto method : {http::Method::kGet, http::Method::kPost, http::Method::kPatch, http::Method::kDelete}) {
    AdminRouteMatch match = find_admin_route(method, path);
    FormParameters query;
    std::string text = query_text;
    if (match.route != nullptr && query.parse(text, "")) parameters_known(*match.route, query);
    for (std::string_view argument : match.arguments) SIGNET_CHECK(!argument.empty());
  }
  auto body = read_json(rest, {.size_max = AdminService::kBodySizeMax, .depth_max = 16});
  if (!body) return 0;
  for (auto form : {ClientForm::kAdd, ClientForm::kUpdate, ClientForm::kImport}) read_client(*body, form);
  if (body->as_object() != nullptr) read_token(*body);
  return 0;
}
