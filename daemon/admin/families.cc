// Refresh families: list, show. Read from the store page by page, on the admin side's own thread.
#include <fmt/format.h>

#include "daemon/admin/clients.h"
#include "daemon/admin/family_json.h"
#include "daemon/admin/grant_cursor.h"
#include "daemon/admin/query_number.h"
#include "daemon/admin/routes.h"

namespace signet {
namespace {

constexpr size_t kPageMax = 500;  // each costs a read of its own
constexpr size_t kPageDefault = 100;

// The query, or what was expected instead.
std::expected<FamilyQuery, std::string> read_query(const FormParameters& form, uint32_t tenant) {
  const auto limit = query_number(form.get("limit"), kPageDefault, 1, kPageMax);
  if (!limit) return std::unexpected(fmt::format("limit: expected 1 to {}", kPageMax));
  FamilyQuery query{.tenant = tenant,
                    .client_id = std::string(form.get("client")),
                    .subject = std::string(form.get("subject")),
                    .limit = *limit};
  const std::string_view after = form.get("after");
  if (after.data() != nullptr) {
    query.after = read_cursor(after);
    if (!query.after) return std::unexpected("after: expected what a page before gave as next");
  }
  return query;
}

}  // namespace

void list_families(AdminService& admin, const AdminRequest& request) {
  const TenantKeys* tenant = admin.tenant_of(request);
  if (tenant == nullptr) return;
  const auto query = read_query(request.query, tenant->tenant);
  if (!query) return admin.refuse(request.id, AdminErrorKind::kBadRequest, query.error());
  const auto page = admin.keystore().store().list_families(*query);
  if (!page) return admin.answer(request.id, error_answer(page.error()));
  auto body = write_json([&](JsonWriter& json) {
    json.begin_object();
    json.key("families");
    json.begin_array();
    for (const RefreshFamily& family : page->families) {
      write_family(json, admin.keystore(), family, tenant->name, unix_now());
    }
    json.end_array();
    json.key("next");
    page->next ? json.string(cursor_text(*page->next)) : json.null();
    json.end_object();
  });
  admin.answer(request.id, {.status = 200, .body = std::move(body)});
}

void show_family(AdminService& admin, const AdminRequest& request) {
  const TenantKeys* tenant = admin.tenant_of(request);
  if (tenant == nullptr) return;
  const auto id = family_named(request.arguments[0]);
  if (!id) return admin.refuse(request.id, AdminErrorKind::kNotFound, "there is no such family");
  const auto family = admin.keystore().store().find_family(tenant->tenant, *id);
  if (!family) return admin.answer(request.id, error_answer(family.error()));
  if (!*family) return admin.refuse(request.id, AdminErrorKind::kNotFound, "there is no such family");
  auto body =
      write_json([&](JsonWriter& json) { write_family(json, admin.keystore(), **family, tenant->name, unix_now()); });
  admin.answer(request.id, {.status = 200, .body = std::move(body)});
}

}  // namespace signet
