// Revocations: by an administrator, with every criterion; the list of those that are remembered.
#include <fmt/format.h>

#include "daemon/admin/query_number.h"
#include "daemon/admin/revocation_fields.h"
#include "daemon/admin/routes.h"
#include "daemon/dialect/dialect_shared.h"
#include "daemon/dialect/signed_token.h"
#include "daemon/endpoint/own_token.h"
#include "daemon/endpoint/worker_scope.h"
#include "protocol/base/time_text.h"

namespace signet {
namespace {

using Refusal = std::pair<AdminErrorKind, std::string>;

std::unexpected<Refusal> refuse(AdminErrorKind kind, std::string text) {
  return std::unexpected(Refusal{kind, std::move(text)});
}

// A client or key that is not there cannot be told from a mistyped one; a subject, token or family can only be
// believed.
std::expected<void, Refusal> check_known(AdminService& admin, const TenantKeys& tenant,
                                         const RevocationFields& fields) {
  if (fields.kind == RevocationKind::kClient &&
      (!valid_client_id(fields.value) || admin.keystore().clients().find(tenant.tenant, fields.value) == nullptr)) {
    return refuse(AdminErrorKind::kNotFound,
                  fmt::format("there is no client \"{}\" in tenant \"{}\": see `client list`. Removing a client has "
                              "revoked what it was given",
                              fields.value, tenant.name));
  }
  if (fields.kind == RevocationKind::kKey && (!valid_kid(fields.value) || tenant.any_by_kid(fields.value) == nullptr)) {
    return refuse(AdminErrorKind::kNotFound,
                  fmt::format("there is no key \"{}\" in tenant \"{}\": see `key list`", fields.value, tenant.name));
  }
  return {};
}

// A token that some dialect's key signed.
std::optional<Revocation> revocation_of_dialect_token(AdminService& admin, const TenantKeys& tenant,
                                                      std::string_view text) {
  const DialectShared* dialects = admin.scope().dialects;
  if (dialects == nullptr) return std::nullopt;
  for (const auto& dialect : dialects->set.load().dialects()) {
    const auto token = verify_dialect_token(tenant, *dialect, text, system_clock_ms() / 1000, kAdminSigner);
    if (!token) continue;
    const DialectClaims& claims = token->claims;
    return Revocation{.tenant = tenant.tenant,
                      .kind = claims.jti.empty() ? RevocationKind::kTokenHash : RevocationKind::kToken,
                      .value = claims.jti.empty() ? dialect_token_hash(text) : claims.jti,
                      .expires_at = claims.expires_at,
                      .client_id = claims.identity};
  }
  return std::nullopt;
}

std::expected<Revocation, Refusal> revocation_of_token(AdminService& admin, const TenantKeys& tenant,
                                                       std::string_view text) {
  const auto token = verify_own_token(tenant, text, system_clock_ms() / 1000);
  if (!token) {
    if (auto found = revocation_of_dialect_token(admin, tenant, text)) return *std::move(found);
    return refuse(AdminErrorKind::kInvalid,
                  fmt::format("this is no live access token of tenant \"{}\": {}. One that has expired needs no "
                              "revocation; one of another tenant is revoked with --tenant; a refresh token is revoked "
                              "by its family",
                              tenant.name, jwt_error_text(token.error())));
  }
  return revocation_of(tenant.tenant, *token);
}

std::expected<Revocation, Refusal> plan(AdminService& admin, const TenantKeys& tenant, const RevocationFields& fields) {
  if (!fields.token.empty()) return revocation_of_token(admin, tenant, fields.token);
  if (auto known = check_known(admin, tenant, fields); !known) return std::unexpected(known.error());
  return Revocation{.tenant = tenant.tenant,
                    .kind = fields.kind,
                    .value = fields.value,
                    .issued_before_ms = fields.issued_before_ms,
                    .arrived_ms = system_clock_ms()};
}

void write_time_ms(JsonWriter& json, JsonName name, UnixMs ms) {
  json.key(name);
  ms == 0 ? json.null() : json.string(rfc3339(ms / 1000));
}

// `revocation` as it was committed.
void write_revocation(JsonWriter& json, const Revocation& revocation, std::string_view tenant) {
  json.member("tenant", tenant);
  json.member("kind", revocation_kind_name(revocation.kind));
  json.member("value", revocation.value);
  write_time_ms(json, "issued_before", revocation.issued_before_ms);
  json.member_integer("issued_before_ms", revocation.issued_before_ms);
  write_time_ms(json, "expires_at", revocation.expires_at * 1000);
}

std::string outcome_json(Revocation revocation, const RevocationOutcome& outcome, std::string_view tenant) {
  // Too many single ones of a client: the store took the client.
  if (outcome.kind == RevocationKind::kClient && revocation.kind != outcome.kind)
    revocation.value = revocation.client_id;
  revocation.kind = outcome.kind;
  revocation.issued_before_ms = outcome.issued_before_ms;
  revocation.expires_at = outcome.fresh ? outcome.expires_at : 0;
  return write_json([&](JsonWriter& json) {
    json.begin_object();
    json.member_boolean("fresh", outcome.fresh);
    write_revocation(json, revocation, tenant);
    json.end_object();
  });
}

std::string page_json(const RevocationPage& page, std::string_view tenant) {
  return write_json([&](JsonWriter& json) {
    json.begin_object();
    json.key("revocations");
    json.begin_array();
    for (const RevocationRow& row : page.rows) {
      json.begin_object();
      json.key("sequence"), json.unsigned_integer(row.sequence);
      write_time_ms(json, "revoked_at", row.revoked_at_ms);
      write_revocation(json, row.revocation, tenant);
      json.end_object();
    }
    json.end_array();
    json.key("next");
    page.next == 0 ? json.null() : json.unsigned_integer(page.next);
    json.end_object();
  });
}

}  // namespace

void revoke(AdminService& admin, const AdminRequest& request) {
  auto fields = read_revocation_fields(request.body);
  if (!fields) return admin.refuse(request.id, AdminErrorKind::kInvalid, fields.error());
  const TenantKeys* tenant = admin.tenant_named(fields->tenant);
  if (tenant == nullptr) {
    return admin.refuse(request.id, AdminErrorKind::kNotFound,
                        fmt::format("there is no tenant \"{}\": see `tenant list`", fields->tenant));
  }
  auto revocation = plan(admin, *tenant, *fields);
  if (!revocation) return admin.refuse(request.id, revocation.error().first, revocation.error().second);
  auto done = [&admin, id = request.id, revocation = *revocation, name = tenant->name](RevocationOutcome& outcome) {
    admin.answer(id, {.status = 200, .body = outcome_json(revocation, outcome, name)});
  };
  admin.keystore().store().revoke(request.actor, *std::move(revocation),
                                  admin.then<RevocationOutcome>(request.id, std::move(done)));
}

void list_revocations(AdminService& admin, const AdminRequest& request) {
  const TenantKeys* tenant = admin.tenant_of(request);
  if (tenant == nullptr) return;
  auto bad = [&](const std::string& text) { admin.refuse(request.id, AdminErrorKind::kBadRequest, text); };
  RevocationQuery query{.tenant = tenant->tenant};
  if (const std::string_view name = request.query.get("kind"); name.data() != nullptr) {
    query.kind = revocation_kind_named(name);
    if (!query.kind) return bad("kind: expected token, family, client, subject, tenant, key or token_hash");
  }
  const auto after = query_number(request.query.get("after"), 0, 0, UINT64_MAX);
  if (!after) return bad("after: expected a sequence");
  const auto limit = query_number(request.query.get("limit"), kRevocationPageMax, 1, kRevocationPageMax);
  if (!limit) return bad(fmt::format("limit: expected 1 to {}", kRevocationPageMax));
  query.after = *after;
  query.rows_max = static_cast<uint32_t>(*limit);
  auto done = [&admin, id = request.id, name = tenant->name](RevocationPage& page) {
    admin.answer(id, {.status = 200, .body = page_json(page, name)});
  };
  admin.keystore().store().list_revocations(query, admin.then<RevocationPage>(request.id, std::move(done)));
}

}  // namespace signet
