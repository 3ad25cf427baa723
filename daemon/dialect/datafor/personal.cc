// Tokens that users make for themselves, where a configuration lets them.
#include "daemon/dialect/datafor/answers.h"
#include "daemon/dialect/datafor/handlers.h"
#include "daemon/dialect/datafor/signing.h"
#include "daemon/dialect/dialect_service.h"
#include "daemon/dialect/json_text.h"

namespace signet {
namespace {

constexpr std::string_view kOn = "1";

// The first configuration for self-service that is enabled and signs here; of this name, if one is given.
const DataforSigner::Ready* find_self_service(DialectCall& call, std::string_view name) {
  for (const auto& one : call.scope.keystore.dialect_configurations().of_tenant(call.tenant_number())) {
    if (!name.empty() && one->id != name) continue;
    const auto* ready = call.service.state<DataforSigner>().ready(*one);
    if (ready == nullptr || ready->signer == nullptr) continue;
    const DataforConfiguration& c = ready->configuration;
    if (c.self_service == kOn && c.enable == kOn) return ready;
  }
  return nullptr;
}

std::string json_string(std::string_view text) {
  return json_text(text.size(), 2, [&](JsonWriter& json) { json.string(text); });
}

}  // namespace

void datafor_personal_config(DialectCall& call) {
  if (!call.service.callers().authenticate(call)) return;
  const auto* ready = find_self_service(call, {});
  if (ready == nullptr) return datafor_succeed(call, R"("enable":false)");
  const DataforConfiguration& c = ready->configuration;
  datafor_succeed(call, R"("enable":true,"name":)" + json_string(c.name) + R"(,"token_name":)" +
                            json_string(c.token_name) + R"(,"expire":)" + std::to_string(c.expire_s));
}

void datafor_personal(DialectCall& call) {
  const auto caller = call.service.callers().authenticate(call);
  if (!caller) return;
  std::string_view name = call.parameters.form("name");
  if (call.parameters.has_json()) {
    if (const std::string* text = call.parameters.json_value().find_string("name")) name = *text;
  }
  const auto* ready = find_self_service(call, name);
  if (ready == nullptr) return datafor_fail(call, 404, "name does not exist");
  const DataforConfiguration& c = ready->configuration;
  if (datafor_too_short(call, c.secret, c.algorithm)) return;
  const std::string user(caller->client->client_id());
  const std::string claims = "{" + json_string(c.user_claim()) + ":" + json_string(user) + R"(,"exp":)" +
                             std::to_string(call.scope.clock() / 1000 + c.expire_s) + "}";
  const std::string token = DataforSigner::sign(*ready->signer, c.algorithm, claims);
  if (token.empty()) return call.refuse(DialectCondition::kServerError);
  datafor_succeed(call, R"("token":")" + token + R"(","expire":)" + std::to_string(c.expire_s) + R"(,"username":)" +
                            json_string(user) + R"(,"name":)" + json_string(c.name));
}

}  // namespace signet
