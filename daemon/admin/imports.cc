// Imports: chunks of clients, each all or nothing and in order, so that an import can be taken up where it stopped.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "daemon/admin/client_fields.h"
#include "daemon/admin/clients.h"
#include "daemon/admin/key_supply.h"
#include "daemon/admin/routes.h"
#include "keystore/clients/client_secret.h"

namespace signet {
namespace {

constexpr size_t kImportIdSizeMax = 128;

bool valid_import_id(std::string_view id) {
  return id.size() <= kImportIdSizeMax && id.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::optional<OnConflict> parse_on_conflict(const std::string* text) {
  if (text == nullptr) return std::nullopt;
  if (*text == "fail") return OnConflict::kFail;
  if (*text == "skip") return OnConflict::kSkip;
  if (*text == "update") return OnConflict::kUpdate;
  return std::nullopt;
}

std::optional<uint64_t> parse_number(std::string_view text) {
  uint64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// One entry of `clients`; the error does not name it.
std::expected<Client, std::string> read_client(AdminService& admin, const JsonValue& value, UnixSeconds now) {
  auto fields = read_client_fields(value, ClientForm::kImport, admin.settings().token_ttl_max_s);
  if (!fields) return std::unexpected(fields.error());
  const TenantKeys* tenant = admin.tenant_named(fields->tenant.value_or(""));
  if (tenant == nullptr) return std::unexpected(fmt::format("tenant: there is no tenant \"{}\"", *fields->tenant));
  Client client{.tenant = tenant->tenant, .created_at = now};
  apply_client_fields(*fields, client);
  if (std::string error = check_client(client); !error.empty()) return std::unexpected(error);
  if (fields->client_secret) {
    client.secrets.push_back(
        admin.keystore().pepper().hash(client.tenant, client.client_id, *fields->client_secret, now));
  }
  return client;
}

// Fills `chunk.clients` and the keys they need; the error names the entry.
std::string read_clients(AdminService& admin, const JsonValue::Array& entries, ImportChunk& chunk,
                         std::vector<KeyNeed>& needs) {
  UnixSeconds now = unix_now();
  chunk.clients.reserve(entries.size());
  for (size_t i = 0; i < entries.size(); ++i) {
    auto client = read_client(admin, entries[i], now);
    if (!client) {
      const std::string* id = entries[i].find_string("client_id");
      return fmt::format("clients[{}]{}: {}", i, id == nullptr ? "" : fmt::format(" ({})", *id), client.error());
    }
    KeyNeed need = key_need(*client);
    if (std::find(needs.begin(), needs.end(), need) == needs.end()) needs.push_back(std::move(need));
    chunk.clients.push_back(std::move(*client));
  }
  return {};
}

std::string outcome_json(const ImportOutcome& outcome) {
  return write_json([&](JsonWriter& json) {
    json.begin_object();
    json.key("added"), json.unsigned_integer(outcome.added);
    json.key("updated"), json.unsigned_integer(outcome.updated);
    json.key("skipped"), json.unsigned_integer(outcome.skipped);
    json.member_boolean("repeated", outcome.repeated);
    json.end_object();
  });
}

void commit_chunk(AdminService& admin, const http::ExchangeId& id, const AuditActor& actor, ImportChunk chunk) {
  auto done = [&admin, id](ImportOutcome& outcome) {
    admin.answer(id, {.status = 200, .body = outcome_json(outcome)});
  };
  admin.keystore().store().import_clients(actor, std::move(chunk), admin.then<ImportOutcome>(id, done));
}

}  // namespace

void import_chunk(AdminService& admin, const AdminRequest& request) {
  auto invalid = [&](std::string_view text) { admin.refuse(request.id, AdminErrorKind::kInvalid, text); };
  auto number = parse_number(request.arguments[1]);
  if (!valid_import_id(request.arguments[0]) || !number) {
    return invalid("the path takes an import id of at most 128 hexadecimal digits and a chunk number");
  }
  for (const JsonMember& member : *request.body.as_object()) {
    if (member.name != "on_conflict" && member.name != "clients") {
      return invalid(fmt::format("unknown member \"{}\"", member.name));
    }
  }
  auto on_conflict = parse_on_conflict(request.body.find_string("on_conflict"));
  if (!on_conflict) return invalid("on_conflict: expected \"fail\", \"skip\" or \"update\"");
  const JsonValue* clients = request.body.find("clients");
  if (clients == nullptr || clients->as_array() == nullptr) return invalid("clients: expected a list of clients");
  // Shared: the continuation is copied, the clients of a chunk should not be.
  auto chunk = std::make_shared<ImportChunk>();
  chunk->import_id = request.arguments[0];
  chunk->chunk = *number;
  chunk->on_conflict = *on_conflict;
  std::vector<KeyNeed> needs;
  std::string error = read_clients(admin, *clients->as_array(), *chunk, needs);
  if (!error.empty()) return invalid(error);
  with_keys(
      admin, request.id, request.actor, std::move(needs),
      [&admin, id = request.id, actor = request.actor, chunk] { commit_chunk(admin, id, actor, std::move(*chunk)); });
}

void show_import(AdminService& admin, const AdminRequest& request) {
  if (!valid_import_id(request.arguments[0])) {
    return admin.refuse(request.id, AdminErrorKind::kInvalid, "an import id is at most 128 hexadecimal digits");
  }
  auto done = [&admin, id = request.id](uint64_t next) {
    auto body = write_json([&](JsonWriter& json) {
      json.begin_object();
      json.key("next_chunk"), json.unsigned_integer(next);
      json.end_object();
    });
    admin.answer(id, {.status = 200, .body = std::move(body)});
  };
  admin.keystore().store().import_progress(std::string(request.arguments[0]), admin.then<uint64_t>(request.id, done));
}

}  // namespace signet
