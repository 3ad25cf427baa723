// The administration of configurations: list, content, update, delete, deleteBatch.
#include <algorithm>

#include "daemon/dialect/datafor/answers.h"
#include "daemon/dialect/datafor/handlers.h"
#include "daemon/dialect/datafor/signing.h"
#include "daemon/dialect/errand.h"

namespace signet {
namespace {

constexpr DialectRecordKind kKind = DialectRecordKind::kDataforConfiguration;
using Revisions = std::vector<uint64_t>;

const DataforConfiguration* find_configuration(DialectCall& call, std::string_view name) {
  const auto* resident = call.scope.keystore.dialect_configurations().find(call.tenant_number(), name);
  const auto* ready = resident == nullptr ? nullptr : call.service.state<DataforSigner>().ready(*resident);
  return ready == nullptr ? nullptr : &ready->configuration;
}

void change(DialectCall& call, const DialectCaller& caller, std::vector<DialectRecordChange> changes,
            std::string_view what, std::string_view subject) {
  call.scope.keystore.change_dialect_records(
      dialect_actor("datafor", caller.client->client_id()), std::move(changes),
      {.what = std::string(what), .subject = std::string(subject)},
      errand<Revisions>(call, [](DialectAnswers& answers, std::expected<Revisions, StoreError> done) {
        if (done) return datafor_succeed(answers);
        if (refused_for_now(answers, done.error())) return;
        const bool conflict = done.error().kind == StoreErrorKind::kConflict;
        datafor_fail(answers, conflict ? 409 : 400,
                     conflict ? "the configuration was changed meanwhile" : std::string_view(done.error().text));
      }));
}

DialectRecordChange erase(uint32_t tenant, std::string_view name) {
  return {.tenant = tenant, .kind = kKind, .id = std::string(name), .value = std::nullopt};
}

}  // namespace

void datafor_list(DialectCall& call) {
  if (!datafor_administrator(call)) return;
  std::string members = R"("data":[)";
  bool first = true;
  for (const auto& one : call.scope.keystore.dialect_configurations().of_tenant(call.tenant_number())) {
    const auto* ready = call.service.state<DataforSigner>().ready(*one);
    if (ready == nullptr) continue;
    if (!first) members.push_back(',');
    first = false;
    members.append(datafor_json(ready->configuration, true));
  }
  members.push_back(']');
  datafor_succeed(call, members);
}

void datafor_content(DialectCall& call) {
  if (!datafor_administrator(call)) return;
  const std::string_view name = call.parameters.query("name");
  if (name.empty()) return datafor_fail(call, 400, "name can not be empty");
  const DataforConfiguration* configuration = find_configuration(call, name);
  if (configuration == nullptr) return datafor_fail(call, 404, "name does not exist");
  datafor_succeed(call, R"("data":)" + datafor_json(*configuration, true));
}

// The whole object is replaced, but for a secret that is left out or masked.
void datafor_update(DialectCall& call) {
  const auto caller = datafor_administrator(call);
  if (!caller) return;
  if (!call.parameters.has_json()) return datafor_fail(call, 400, "a configuration must be a JSON object");
  auto wanted = read_datafor_update(call.parameters.json_value());
  if (!wanted) return datafor_fail(call, 400, wanted.error());
  const uint32_t tenant = call.tenant_number();
  const auto* resident = call.scope.keystore.dialect_configurations().find(tenant, wanted->name);
  const DataforConfiguration* before = find_configuration(call, wanted->name);
  if (wanted->secret.empty() && before != nullptr) wanted->secret = before->secret;
  if (wanted->secret.empty()) return datafor_fail(call, 400, "secret can not be empty");
  if (datafor_too_short(call, wanted->secret, wanted->algorithm)) return;
  const UnixMs now = call.scope.clock();
  wanted->created_ms = before == nullptr ? now : before->created_ms;
  wanted->modified_ms = now;
  wanted->creator = before == nullptr ? std::string(caller->client->client_id()) : before->creator;
  std::string value = datafor_json(*wanted, false);
  if (value.empty()) return datafor_fail(call, 400, "the configuration is too large");
  std::vector<DialectRecordChange> changes;
  changes.push_back(
      {.tenant = tenant,
       .kind = kKind,
       .id = wanted->name,
       .value = std::move(value),
       .expected = resident == nullptr ? DialectRecordState::absent() : DialectRecordState::at(resident->revision)});
  change(call, *caller, std::move(changes), "datafor.update", wanted->name);
}

void datafor_delete(DialectCall& call) {
  const auto caller = datafor_administrator(call);
  if (!caller) return;
  const std::string name(call.parameters.form("name"));
  if (name.empty()) return datafor_fail(call, 400, "name can not be empty");
  if (find_configuration(call, name) == nullptr) return datafor_fail(call, 404, "name does not exist");
  std::vector<DialectRecordChange> changes;
  changes.push_back(erase(call.tenant_number(), name));
  change(call, *caller, std::move(changes), "datafor.delete", name);
}

// Names that are not there are passed over.
void datafor_delete_batch(DialectCall& call) {
  const auto caller = datafor_administrator(call);
  if (!caller) return;
  const JsonValue::Array* names = call.parameters.has_json() ? call.parameters.json_value().as_array() : nullptr;
  if (names == nullptr) return datafor_fail(call, 400, "an array of names is expected");
  std::vector<DialectRecordChange> changes;
  for (const JsonValue& one : *names) {
    const std::string* name = one.as_string();
    if (name == nullptr) return datafor_fail(call, 400, "an array of names is expected");
    const auto same = [&](const DialectRecordChange& other) { return other.id == *name; };
    if (find_configuration(call, *name) == nullptr || std::ranges::any_of(changes, same)) continue;
    changes.push_back(erase(call.tenant_number(), *name));
  }
  if (changes.empty()) return datafor_succeed(call);
  if (changes.size() > kDialectRecordChangesMax) return datafor_fail(call, 400, "at most 64 names at once");
  change(call, *caller, std::move(changes), "datafor.deleteBatch", "");
}

}  // namespace signet
