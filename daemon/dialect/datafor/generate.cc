#include <algorithm>
#include <array>

#include "daemon/dialect/datafor/answers.h"
#include "daemon/dialect/datafor/handlers.h"
#include "daemon/dialect/datafor/signing.h"
#include "daemon/dialect/dialect_service.h"
#include "protocol/json/writer.h"
#include "protocol/jwt/reserved_claims.h"

namespace signet {
namespace {

constexpr size_t kClaimsMax = size_t{16} * 1024;

// The two generations of the call: a form with `username`, and JSON with a `payload`.
struct Wanted {
  std::string name;
  std::string_view private_key;
  const JsonValue::Object* payload = nullptr;  // of the later generation
  std::string_view username;                   // of the earlier one
};

Wanted read_wanted(const DialectCall& call) {
  Wanted wanted;
  if (!call.parameters.has_json()) {
    wanted.name = call.parameters.form("name");
    wanted.private_key = call.parameters.form("privateKey");
    wanted.username = call.parameters.form("username");
    return wanted;
  }
  const JsonValue& json = call.parameters.json_value();
  if (const std::string* name = json.find_string("name")) wanted.name = *name;
  if (const std::string* key = json.find_string("privateKey")) wanted.private_key = *key;
  if (const JsonValue* payload = json.find("payload")) wanted.payload = payload->as_object();
  return wanted;
}

// Arrays stay arrays, everything else becomes a string.
void write_text_of(const JsonValue& value, JsonWriter& json) {
  if (const std::string* text = value.as_string()) return json.string(*text);
  if (const auto boolean = value.as_boolean()) return json.string(*boolean ? "true" : "false");
  std::array<char, 64> number;
  JsonWriter digits(number);
  if (const auto integer = value.as_integer()) {
    digits.integer(*integer);
  } else if (const auto real = value.as_number()) {
    digits.number(*real);
  } else {
    return json.string(value.is_null() ? "null" : "");
  }
  json.string(digits.text());
}

void write_claim(const JsonValue& value, JsonWriter& json) {
  const JsonValue::Array* array = value.as_array();
  if (array == nullptr) return write_text_of(value, json);
  json.begin_array();
  for (const JsonValue& one : *array) write_text_of(one, json);
  json.end_array();
}

// The claims in the order of the request, then exp; empty when a claim may not be there, twice or at all.
std::string claims_of(const Wanted& wanted, const DataforConfiguration& configuration, UnixSeconds now) {
  std::string out(kClaimsMax, '\0');
  JsonWriter json(out);
  json.begin_object();
  if (wanted.payload == nullptr) {
    json.key_text(configuration.user_claim());
    json.string(wanted.username);
  } else {
    std::vector<std::string_view> seen;
    for (const JsonMember& member : *wanted.payload) {
      const std::string& claim = configuration.claim_of(member.name);
      if (is_reserved_claim(claim) || std::ranges::find(seen, claim) != seen.end()) return {};
      seen.push_back(claim);
      json.key_text(claim);
      write_claim(member.value, json);
    }
  }
  json.member_integer("exp", now + configuration.expire_s);
  json.end_object();
  out.resize(json.size());
  return out;
}

bool has_username(const Wanted& wanted) {
  if (wanted.payload == nullptr) return !wanted.username.empty();
  for (const JsonMember& member : *wanted.payload) {
    if (member.name == "username") return member.value.as_string() != nullptr && !member.value.as_string()->empty();
  }
  return false;
}

}  // namespace

void datafor_generate(DialectCall& call) {
  if (!datafor_administrator(call)) return;
  const Wanted wanted = read_wanted(call);
  if (wanted.private_key.empty()) return datafor_fail(call, 400, "secret can not be empty");
  if (!has_username(wanted)) return datafor_fail(call, 400, "username can not be empty");
  const auto* resident = call.scope.keystore.dialect_configurations().find(call.tenant_number(), wanted.name);
  const auto* ready = resident == nullptr ? nullptr : call.service.state<DataforSigner>().ready(*resident);
  if (ready == nullptr) return datafor_fail(call, 404, "name does not exist");
  const DataforConfiguration& configuration = ready->configuration;
  if (ready->signer == nullptr) return datafor_fail(call, 400, "algorithm not supported for signing");
  const bool with_caller_key = switched_on(call.dialect, "sign_with_caller_key");
  // What the caller sends selects nothing: it shows that it knows the secret.
  if (!with_caller_key && !constant_time_equal(as_bytes(wanted.private_key), as_bytes(configuration.secret))) {
    return datafor_fail(call, 403, "secret is not correct");
  }
  if (datafor_too_short(call, wanted.private_key, configuration.algorithm)) return;
  const std::string claims = claims_of(wanted, configuration, call.scope.clock() / 1000);
  if (claims.empty()) return datafor_fail(call, 400, "payload has a reserved, repeated or too large claim");
  std::unique_ptr<Signer> own;
  if (with_caller_key) own = DataforSigner::signer_of(configuration.algorithm, wanted.private_key);
  Signer* signer = with_caller_key ? own.get() : ready->signer.get();
  const std::string token = signer == nullptr ? "" : DataforSigner::sign(*signer, configuration.algorithm, claims);
  if (token.empty()) return call.refuse(DialectCondition::kServerError);
  std::string members = R"("expire":)";
  members.append(std::to_string(configuration.expire_s)).append(R"(,"token":")").append(token).append("\"");
  datafor_succeed(call, members);
}

}  // namespace signet
