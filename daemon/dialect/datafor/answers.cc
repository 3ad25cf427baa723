#include "daemon/dialect/datafor/answers.h"

#include <array>
#include <string>

#include "daemon/dialect/datafor/signing.h"
#include "daemon/dialect/dialect_service.h"
#include "protocol/json/writer.h"
#include "protocol/oauth/scope.h"

namespace signet {

bool switched_on(const Dialect& dialect, std::string_view name) {
  for (const DialectSwitch& one : dialect.switches) {
    if (one.name == name) return one.on;
  }
  return false;
}

std::optional<DialectCaller> datafor_administrator(DialectCall& call) {
  const auto caller = call.service.callers().authenticate(call);
  if (!caller) return std::nullopt;
  if (scope_is_subset(caller->client->scope(), kDataforAdministrator)) return caller;
  call.refuse(DialectCondition::kForbidden);
  return std::nullopt;
}

bool datafor_too_short(DialectAnswers& call, std::string_view secret, std::string_view algorithm) {
  if (secret.size() >= datafor_secret_min(algorithm) || switched_on(call.dialect, "short_keys")) return false;
  datafor_fail(call, 400, "secret is too short for its algorithm");
  return true;
}

void datafor_fail(DialectAnswers& call, int status, std::string_view message) {
  std::array<char, 512> out;
  JsonWriter json(out);
  json.begin_object();
  json.member_boolean("success", false);
  json.member("msg", message);
  // RFC 6749 5.2 clients take a failure without it for a token; one in a 200 would be no better.
  const bool plain = switched_on(call.dialect, "plain_statuses");
  if (plain) json.member("error", "invalid_request");
  json.end_object();
  call.answer(plain ? status : 200, json.text());
}

void datafor_succeed(DialectAnswers& call, std::string_view members) {
  std::string body = R"({"success":true)";
  if (!members.empty()) body.append(",").append(members);
  body.push_back('}');
  call.answer(200, body);
}

}  // namespace signet
