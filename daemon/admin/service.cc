#include "daemon/admin/service.h"

#include <fmt/format.h>

#include "daemon/admin/routes.h"
#include "protocol/base/secret_bytes.h"
#include "protocol/json/reader.h"

namespace signet {
namespace {

constexpr unsigned kJsonDepthMax = 16;

// The members of an import chunk alone can be many; everything else is far below. Fractions are for claims; whoever
// wants an integer refuses them.
const JsonReadOptions kReadOptions{
    .size_max = AdminService::kBodySizeMax, .depth_max = kJsonDepthMax, .allow_fractions = true};

// An absent body counts as an empty object.
std::expected<JsonValue, std::string> read_body(std::string_view body) {
  if (body.empty()) return JsonValue(JsonValue::Object{});
  auto value = read_json(body, kReadOptions);
  if (!value) return std::unexpected("the body is not JSON that is taken here: " + describe(value.error()));
  if (value->as_object() == nullptr) return std::unexpected("the body must be a JSON object");
  return std::move(*value);
}

}  // namespace

std::optional<size_t> AdminService::on_head(const http::Request&, http::Responder&) { return kBodySizeMax; }

void AdminService::on_request(const http::Request& request, http::Responder&) {
  AdminRouteMatch match = find_admin_route(request.method, request.path);
  if (match.route == nullptr) {
    if (match.allow.empty()) return refuse(request.id, AdminErrorKind::kNotFound, "nothing is served at this path");
    AdminAnswer wrong_method = error_answer(AdminErrorKind::kMethodNotAllowed, "this path takes " + match.allow);
    wrong_method.extra_fields = fmt::format("Allow: {}\r\n", match.allow);
    return answer(request.id, wrong_method);
  }
  std::string query_text(request.query);
  FormParameters query;
  if (!query.parse(query_text, "") || !parameters_known(*match.route, query)) {
    return refuse(
        request.id, AdminErrorKind::kBadRequest,
        fmt::format("the query is malformed or has an unknown parameter; known here: \"{}\"", match.route->parameters));
  }
  auto body = read_body({request.body.data(), request.body.size()});
  if (!body) return refuse(request.id, AdminErrorKind::kBadRequest, body.error());
  // Without credentials of the peer a change could not be audited.
  auto peer = http::peer_credentials(*loop_, request.id);
  if (!peer) return refuse(request.id, AdminErrorKind::kUnavailable, "the peer's credentials cannot be read");
  match.route->serve(*this, AdminRequest{.id = request.id,
                                         .arguments = std::move(match.arguments),
                                         .query = query,
                                         .body = *body,
                                         .actor = {.uid = peer->uid, .pid = peer->pid, .via = "admin-socket"}});
}

void AdminService::answer(const http::ExchangeId& id, const AdminAnswer& answer) {
  loop_->responder().respond(id, {.status = answer.status,
                                  .content_type = answer.body.empty() ? "" : "application/json",
                                  .extra_fields = answer.extra_fields,
                                  .body = answer.body});
}

const TenantKeys* AdminService::tenant_named(std::string_view name) {
  const KeySet& keys = keystore().keys();
  return name.empty() ? keys.tenant(0) : keys.tenant_by_name(name);
}

const TenantKeys* AdminService::tenant_of(const AdminRequest& request) {
  std::string_view name = request.query.get("tenant");
  const TenantKeys* tenant = tenant_named(name);
  if (tenant == nullptr) refuse(request.id, AdminErrorKind::kNotFound, fmt::format("there is no tenant \"{}\"", name));
  return tenant;
}

}  // namespace signet
