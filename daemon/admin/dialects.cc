// Dialects: what is served, and whether a file could be.
#include <fmt/format.h>

#include "daemon/admin/routes.h"
#include "daemon/dialect/dialect_load.h"
#include "daemon/dialect/dialect_shared.h"

namespace signet {
namespace {

void write_dialect(JsonWriter& json, const Dialect& dialect, const TenantKeys& tenant) {
  json.begin_object();
  json.member("name", dialect.name);
  json.member("title", dialect.title);
  json.key("alg");
  dialect.token ? json.string(jws_algorithm_name(dialect.token->alg)) : json.null();
  json.key("kid");
  const SigningKey* key = dialect.token ? tenant.dialect_key(dialect.name) : nullptr;
  key != nullptr ? json.string(key->kid) : json.null();
  json.key("switches");
  json.begin_object();
  for (const DialectSwitch& one : dialect.switches) {
    json.key_text(one.name);
    json.boolean(one.on);
  }
  json.end_object();
  json.key("paths");
  json.begin_array();
  for (const DialectEndpoint& endpoint : dialect.endpoints) {
    for (const DialectPath& path : endpoint.paths) json.string(path.text);
  }
  json.end_array();
  json.end_object();
}

void write_problems(JsonWriter& json, const std::vector<DialectProblem>& problems) {
  json.begin_array();
  for (const DialectProblem& problem : problems) {
    json.begin_object();
    json.member_integer("line", problem.line);
    json.member("text", problem.text);
    json.end_object();
  }
  json.end_array();
}

}  // namespace

void list_dialects(AdminService& admin, const AdminRequest& request) {
  const TenantKeys* tenant = admin.tenant_of(request);
  if (tenant == nullptr) return;
  const DialectShared* shared = admin.scope().dialects;
  auto body = write_json([&](JsonWriter& json) {
    json.begin_object();
    json.key("dialects");
    json.begin_array();
    if (shared != nullptr) {
      for (const auto& dialect : shared->set.load().dialects()) write_dialect(json, *dialect, *tenant);
    }
    json.end_array();
    json.end_object();
  });
  admin.answer(request.id, {.status = 200, .body = std::move(body)});
}

// Reads a file as a start of the daemon would, and serves nothing of it.
void check_dialect(AdminService& admin, const AdminRequest& request) {
  const std::string* text = request.body.find_string("text");
  const std::string* file = request.body.find_string("file");
  if (text == nullptr || file == nullptr) {
    return admin.refuse(request.id, AdminErrorKind::kInvalid, "file and text: expected strings");
  }
  const auto read = compile_dialect(*text, *file, {});
  auto body = write_json([&](JsonWriter& json) {
    json.begin_object();
    json.member_boolean("good", read.has_value());
    json.key("name");
    read ? json.string(read->dialect.name) : json.null();
    json.key("problems");
    write_problems(json, read ? std::vector<DialectProblem>{} : read.error());
    json.key("warnings");
    write_problems(json, read ? read->warnings : std::vector<DialectProblem>{});
    json.end_object();
  });
  admin.answer(request.id, {.status = 200, .body = std::move(body)});
}

}  // namespace signet
