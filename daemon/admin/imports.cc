// Imports: chunks of clients, each all or nothing and in order, so that an import can be taken up where it stopped.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "daemon/admin/client_fields.h"
#include "daemon/admin/clients.h"
#include "daemon/admin/key_supply.h"
#include "daemon/admin/routes.h"
#include "keystore/clients/client_secret.h"
#include "protocol/base/secret_bytes.h"

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

uint8_t given_members(const ClientFields& fields) {
  uint8_t given = 0;
  auto add = [&](bool has, ImportMember member) { given |= has ? member : 0; };
  add(fields.grants.has_value(), kImportGrants);
  add(fields.scope.has_value(), kImportScope);
  add(fields.audiences.has_value(), kImportAudiences);
  add(fields.introspect.has_value(), kImportIntrospect);
  add(fields.algorithm.has_value(), kImportAlgorithm);
  add(fields.ttl_s.has_value(), kImportTtl);
  add(fields.client_secret.has_value(), kImportSecrets);
  add(fields.password.has_value(), kImportPassword);
  return given;
}

// One entry of `clients`.
struct Entry {
  Client client;  // as a new one
  uint8_t given = 0;
  KeyNeed need;  // of what it will be
  std::optional<SecretBytes> password;
};

// A chunk as it was read, and what must come before its commit.
struct Reading {
  ImportChunk chunk;
  std::vector<KeyNeed> needs;
  std::vector<PasswordWish> passwords;
  std::vector<size_t> with_password;  // whose they are, as numbers of the chunk's clients
};

// The error does not name the entry.
std::expected<Entry, std::string> read_entry(AdminService& admin, const JsonValue& value, OnConflict on_conflict,
                                             UnixSeconds now) {
  auto fields = read_client_fields(value, ClientForm::kImport, admin.settings().token_ttl_max_s);
  if (!fields) return std::unexpected(fields.error());
  const TenantKeys* tenant = admin.tenant_named(fields->tenant.value_or(""));
  if (tenant == nullptr) return std::unexpected(fmt::format("tenant: there is no tenant \"{}\"", *fields->tenant));
  if (std::string error = ttl_fault(admin, *tenant, *fields); !error.empty()) return std::unexpected(error);
  Client client{.tenant = tenant->tenant, .created_at = now};
  apply_client_fields(*fields, client);
  // What is checked, and needs a key, is the client that comes out of it: an update leaves what it does not mention.
  // The store checks again, since the client may change before the commit.
  const ClientRecord* existing =
      on_conflict == OnConflict::kUpdate ? admin.keystore().clients().find(client.tenant, client.client_id) : nullptr;
  Client after = existing != nullptr ? existing->unpack() : client;
  if (existing != nullptr) apply_client_fields(*fields, after);
  if (std::string error = check_client(after); !error.empty()) return std::unexpected(error);
  if (fields->client_secret) {
    client.secrets.push_back(
        admin.keystore().pepper().hash(client.tenant, client.client_id, *fields->client_secret, now));
  }
  Entry entry{.client = std::move(client), .given = given_members(*fields), .need = key_need(after)};
  if (fields->password) {
    entry.password = SecretBytes::copy_of(as_bytes(*fields->password));
    wipe_text(*fields->password);
  }
  return entry;
}

// Fills all but the chunk's name; the error names the entry.
std::string read_clients(AdminService& admin, const JsonValue::Array& entries, Reading& reading) {
  UnixSeconds now = unix_now();
  ImportChunk& chunk = reading.chunk;
  std::vector<KeyNeed>& needs = reading.needs;
  chunk.clients.reserve(entries.size());
  chunk.given.reserve(entries.size());
  for (size_t i = 0; i < entries.size(); ++i) {
    auto entry = read_entry(admin, entries[i], chunk.on_conflict, now);
    if (!entry) {
      const std::string* id = entries[i].find_string("client_id");
      return fmt::format("clients[{}]{}: {}", i, id == nullptr ? "" : fmt::format(" ({})", *id), entry.error());
    }
    if (std::find(needs.begin(), needs.end(), entry->need) == needs.end()) needs.push_back(std::move(entry->need));
    if (entry->password) {
      reading.passwords.push_back({entry->client.tenant, entry->client.client_id, std::move(*entry->password)});
      reading.with_password.push_back(i);
    }
    chunk.clients.push_back(std::move(entry->client));
    chunk.given.push_back(entry->given);
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

// Then the chunk's passwords, which are hashed beside the loop.
void hash_and_commit(AdminService& admin, const http::ExchangeId& id, const AuditActor& actor,
                     const std::shared_ptr<Reading>& reading) {
  if (reading->passwords.empty()) return commit_chunk(admin, id, actor, std::move(reading->chunk));
  auto done = [&admin, id, actor, reading](std::vector<PasswordVerifier>& verifiers) {
    for (size_t i = 0; i < verifiers.size(); ++i) {
      reading->chunk.clients[reading->with_password[i]].password = verifiers[i];
    }
    commit_chunk(admin, id, actor, std::move(reading->chunk));
  };
  admin.keystore().hash_passwords(std::move(reading->passwords),
                                  admin.then<std::vector<PasswordVerifier>>(id, std::move(done)));
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
  auto reading = std::make_shared<Reading>();
  reading->chunk.import_id = request.arguments[0];
  reading->chunk.chunk = *number;
  reading->chunk.on_conflict = *on_conflict;
  std::string error = read_clients(admin, *clients->as_array(), *reading);
  if (!error.empty()) return invalid(error);
  with_keys(admin, request.id, request.actor, std::move(reading->needs),
            [&admin, id = request.id, actor = request.actor, reading] { hash_and_commit(admin, id, actor, reading); });
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
