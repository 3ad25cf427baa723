// API keys: add, list, remove. Of one that was made here, the text is in the answer to its making and nowhere else.
#include <fmt/format.h>

#include "daemon/admin/api_key_fields.h"
#include "daemon/admin/api_key_json.h"
#include "daemon/admin/client_json.h"
#include "daemon/admin/clients.h"
#include "daemon/admin/grant_cursor.h"
#include "daemon/admin/query_number.h"
#include "daemon/admin/routes.h"
#include "keystore/clients/client_secret.h"
#include "protocol/base/secret_bytes.h"

namespace signet {
namespace {

constexpr size_t kPageMax = 500;  // each costs a read of its own
constexpr size_t kPageDefault = 100;

// What nobody said is the client's.
ApiToken token_of(const ApiKeyFields& fields, const ClientRecord& client) {
  return {.tenant = client.tenant(),
          .kind = fields.kind,
          .client_id = fields.client_id,
          .subject = fields.subject.value_or(fields.client_id),
          .name = fields.name.value_or(std::string(api_key_kind_name(fields.kind))),
          .scope = fields.scope.value_or(std::string(client.scope())),
          .audiences = fields.audiences,
          .expires_at = fields.expires_at};
}

void answer_made(AdminService& admin, const http::ExchangeId& id, const Keystore::MadeApiToken& made, bool shown) {
  const std::string_view key = shown ? as_text(made.text.expose()) : std::string_view();
  const std::string tenant = tenant_name(admin.keystore(), made.token.tenant);
  AdminAnswer answer{.status = 201, .body = write_json([&](JsonWriter& json) {
                                      write_api_key(json, admin.keystore(), made.token, tenant, unix_now(), key);
                                    })};
  admin.answer(id, answer);
  wipe_text(answer.body);
}

// The query, or what was expected instead.
std::expected<ApiTokenQuery, std::string> read_query(const FormParameters& form, uint32_t tenant) {
  const auto limit = query_number(form.get("limit"), kPageDefault, 1, kPageMax);
  if (!limit) return std::unexpected(fmt::format("limit: expected 1 to {}", kPageMax));
  ApiTokenQuery query{.tenant = tenant,
                      .client_id = std::string(form.get("client")),
                      .subject = std::string(form.get("subject")),
                      .limit = *limit};
  if (const std::string_view kind = form.get("kind"); kind.data() != nullptr) {
    query.kind = parse_api_key_kind(kind);
    if (!query.kind) return std::unexpected("kind: expected api-key, vcloud or sandbox");
  }
  if (const std::string_view after = form.get("after"); after.data() != nullptr) {
    query.after = read_cursor(after);
    if (!query.after) return std::unexpected("after: expected what a page before gave as next");
  }
  return query;
}

}  // namespace

void add_api_key(AdminService& admin, const AdminRequest& request) {
  auto fields = read_api_key_fields(request.body);
  if (!fields) return admin.refuse(request.id, AdminErrorKind::kInvalid, fields.error());
  const TenantKeys* tenant = admin.tenant_named(fields->tenant);
  if (tenant == nullptr) {
    return admin.refuse(request.id, AdminErrorKind::kNotFound,
                        fmt::format("there is no tenant \"{}\"", fields->tenant));
  }
  const ClientRecord* client =
      valid_client_id(fields->client_id) ? admin.keystore().clients().find(tenant->tenant, fields->client_id) : nullptr;
  if (client == nullptr) {
    return admin.refuse(request.id, AdminErrorKind::kNotFound,
                        fmt::format("there is no client \"{}\" in tenant \"{}\"", fields->client_id, tenant->name));
  }
  ApiToken token = token_of(*fields, *client);
  const bool given = fields->key.has_value();
  auto done = admin.then<Keystore::MadeApiToken>(
      request.id,
      [&admin, id = request.id, given](Keystore::MadeApiToken& made) { answer_made(admin, id, made, !given); });
  if (!given) return admin.keystore().create_api_token(request.actor, std::move(token), std::move(done));
  SecretBytes text = SecretBytes::copy_of(as_bytes(*fields->key));
  wipe_text(*fields->key);
  admin.keystore().take_over_api_token(request.actor, std::move(token), std::move(text), std::move(done));
}

void list_api_keys(AdminService& admin, const AdminRequest& request) {
  const TenantKeys* tenant = admin.tenant_of(request);
  if (tenant == nullptr) return;
  const auto query = read_query(request.query, tenant->tenant);
  if (!query) return admin.refuse(request.id, AdminErrorKind::kBadRequest, query.error());
  const auto page = admin.keystore().store().list_api_tokens(*query);
  if (!page) return admin.answer(request.id, error_answer(page.error()));
  auto body = write_json([&](JsonWriter& json) {
    json.begin_object();
    json.key("api_keys");
    json.begin_array();
    for (const ApiToken& token : page->tokens) write_api_key(json, admin.keystore(), token, tenant->name, unix_now());
    json.end_array();
    json.key("next");
    page->next ? json.string(cursor_text(*page->next)) : json.null();
    json.end_object();
  });
  admin.answer(request.id, {.status = 200, .body = std::move(body)});
}

void remove_api_key(AdminService& admin, const AdminRequest& request) {
  const TenantKeys* tenant = admin.tenant_of(request);
  if (tenant == nullptr) return;
  const auto id = family_named(request.arguments[0]);
  if (!id) return admin.refuse(request.id, AdminErrorKind::kNotFound, "there is no such API key");
  auto done = [&admin, exchange = request.id] { admin.answer(exchange, {.status = 204}); };
  admin.keystore().store().remove_api_token(request.actor, {.tenant = tenant->tenant, .id = *id},
                                            admin.then<void>(request.id, done));
}

}  // namespace signet
