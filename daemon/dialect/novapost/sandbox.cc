// POST /test-api-keys: whoever names the phone number of a client gets its test key. For sandboxes: the switch
// `sandbox` turns it on.
#include <fmt/chrono.h>

#include <algorithm>
#include <memory>

#include "daemon/dialect/dialect_service.h"
#include "daemon/dialect/json_text.h"
#include "daemon/dialect/novapost/handlers.h"
#include "daemon/dialect/novapost/sandbox_key.h"
#include "daemon/dialect/record_errands.h"
#include "daemon/endpoint/rate_check.h"
#include "keystore/grants/api_token_text.h"

namespace signet {
namespace {

constexpr DialectRecordKind kKind = DialectRecordKind::kNovapostSandbox;
using Made = Keystore::MadeApiToken;

struct Asked {
  std::string phone;  // the client's id
  SandboxKey key;
};
using AskedPtr = std::shared_ptr<const Asked>;

// This endpoint has a shape of its own for what is wrong.
void fail(DialectAnswers& call, int status, std::string_view error, std::string_view text) {
  call.answer(status, json_text(text.size() + error.size(), 128, [&](JsonWriter& json) {
                json.begin_object();
                json.member_boolean("success", false);
                json.key("errors");
                json.begin_array();
                json.string(text);
                json.end_array();
                json.member("error", error);
                json.end_object();
              }));
}

void answer(DialectCall& call, const Asked& asked) {
  const auto instant = [](UnixSeconds seconds) {
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(seconds)));
  };
  const SecretBytes text =
      sandbox_key_text(call.scope.keystore.family_keys(), call.tenant_number(), asked.phone, asked.key);
  if (text.empty()) return call.refuse(DialectCondition::kServerError);
  std::string body = json_text(text.size(), 256, [&](JsonWriter& json) {
    json.begin_object();
    json.member("apiKey", as_text(text.expose()));
    json.member("createdAt", instant(asked.key.created_at));
    json.member("expDate", instant(asked.key.expires_at));
    json.member("status", "Active");
    json.end_object();
  });
  call.answer(200, body);
  wipe_text(body);
}

// The API token that the key stands for, under the same text as before.
void make_token(DialectCall& call, const AskedPtr& asked) {
  const ClientRecord* client = call.scope.keystore.clients().find(call.tenant_number(), asked->phone);
  SecretBytes text =
      sandbox_key_text(call.scope.keystore.family_keys(), call.tenant_number(), asked->phone, asked->key);
  if (client == nullptr || text.empty()) return call.refuse(DialectCondition::kServerError);
  ApiToken token{.tenant = call.tenant_number(),
                 .kind = ApiTokenKind::kApiKey,
                 .client_id = asked->phone,
                 .subject = asked->phone,
                 .name = "sandbox",
                 .scope = std::string(client->scope()),
                 .expires_at = asked->key.expires_at};
  call.scope.keystore.take_over_api_token(
      AuditActor{.via = "novapost"}, std::move(token), std::move(text),
      errand<Made>(call, [asked](DialectCall& later, std::expected<Made, StoreError> made) {
        // Another request for it was faster.
        if (made || made.error().kind == StoreErrorKind::kConflict) return answer(later, *asked);
        refuse_failed(later, made.error(), DialectCondition::kServerError);
      }));
}

// One with the old expiry goes first.
void renew_token(DialectCall& call, const AskedPtr& asked) {
  const FamilyKeys& keys = call.scope.keystore.family_keys();
  const SecretBytes text = sandbox_key_text(keys, call.tenant_number(), asked->phone, asked->key);
  if (text.empty()) return call.refuse(DialectCondition::kServerError);
  const auto id = call.scope.keystore.identify_api_token(call.tenant_number(), as_text(text.expose()));
  if (!id) return make_token(call, asked);
  call.scope.keystore.store().remove_api_token(
      {.via = "novapost"}, {.tenant = call.tenant_number(), .id = *id, .client_id = asked->phone},
      errand<void>(call, [asked](DialectCall& later, std::expected<void, StoreError> done) {
        if (done || done.error().kind == StoreErrorKind::kNotFound) return make_token(later, asked);
        refuse_failed(later, done.error(), DialectCondition::kServerError);
      }));
}

void ask(DialectCall& call, const std::string& phone, const std::optional<DialectRecord>& record) {
  const auto before = record ? read_sandbox_key(record->value) : std::nullopt;
  bool renewed = false;
  const auto key = ask_for_sandbox_key(before, call.scope.clock() / 1000, call.scope.keystore.family_keys(), renewed);
  if (!key) return fail(call, 429, "temporarily_unavailable", "Daily limit reached");
  std::vector<DialectRecordChange> changes;
  changes.push_back({.tenant = call.tenant_number(),
                     .kind = kKind,
                     .id = phone,
                     .value = sandbox_key_json(*key),
                     .expected = record ? DialectRecordState::at(record->revision) : DialectRecordState::absent()});
  const auto asked = std::make_shared<const Asked>(Asked{phone, *key});
  change_records(call, {.via = "novapost"}, std::move(changes), {.what = "novapost.sandbox", .subject = phone},
                 [asked, renewed](DialectCall& later, bool made) {
                   if (!made) return later.refuse_for_a_while(DialectCondition::kUnavailable, 1);
                   // One that is not there although it should be: an operator has removed it, or a start came between.
                   return renewed ? renew_token(later, asked) : make_token(later, asked);
                 });
}

// Digits with the country's code, without a plus. Numbers of Ukraine have keys of another kind.
bool valid_phone(std::string_view phone) {
  const bool digits = std::ranges::all_of(phone, [](char c) { return c >= '0' && c <= '9'; });
  return digits && phone.size() >= 8 && phone.size() <= 15 && phone[0] != '0' && !phone.starts_with("380");
}

}  // namespace

void novapost_sandbox(DialectCall& call) {
  const JsonValue::Object* body = call.parameters.has_json() ? call.parameters.json_value().as_object() : nullptr;
  const JsonValue* phone = body == nullptr ? nullptr : call.parameters.json_value().find("phone");
  if (phone == nullptr) return fail(call, 400, "invalid_request", "Missing required parameter: phone");
  const std::string* text = phone->as_string();
  if (text == nullptr || !valid_phone(*text)) return fail(call, 400, "invalid_request", "Invalid phone format");
  if (body->size() != 1) return fail(call, 400, "invalid_request", "Unknown parameter beside phone");
  const auto admitted = admit_address(call.scope, call.request);
  if (!admitted) return call.refuse_for_a_while(DialectCondition::kTooManyRequests, admitted.error().retry_after_s);
  const ClientRecord* client = call.scope.keystore.clients().find(call.tenant_number(), *text);
  if (client == nullptr || client->disabled()) return fail(call, 404, "not_found", "Client not found");
  get_record(call, kKind, *text, [phone = *text](DialectCall& later, const std::optional<DialectRecord>& record) {
    ask(later, phone, record);
  });
}

}  // namespace signet
