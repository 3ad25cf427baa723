#include "daemon/dialect/dialect_service.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>
#include <utility>

#include "daemon/dialect/accept_version.h"
#include "daemon/dialect/handlers.h"
#include "daemon/dialect/template_values.h"
#include "daemon/endpoint/field_writer.h"
#include "daemon/endpoint/reply.h"
#include "protocol/base/ascii_case.h"

namespace signet {
namespace {

constexpr uint32_t kDefaultTenant = 0;
constexpr size_t kPathMax = size_t{8} * 1024;

std::optional<DialectCondition> condition_of(std::optional<DialectParametersError> error) {
  if (!error) return std::nullopt;
  return *error == DialectParametersError::kMalformed ? DialectCondition::kMalformedRequest
                                                      : DialectCondition::kUnsupportedMediaType;
}

}  // namespace

bool DialectService::serve(const http::Request& request, http::Responder& out, std::string_view path,
                           const TenantKeys& tenant) {
  std::array<char, kPathMax> scratch;
  DialectCaptures captures{};
  const DialectMatch match = shared_.set.load().router().match(request.method_text, path, scratch, captures);
  if (match.kind == DialectMatchKind::kNoPath) return false;
  DialectCall call(*this, scope_, request, out, *match.dialect, match.endpoint);
  call.captures = captures;
  call.path_values = call.captures.values;
  call.again = again_;
  call.tenant = &tenant;
  if (tenant.tenant != kDefaultTenant) call.of_path = &tenant;
  if (!captures.tenant.empty()) call.choose_tenant(tenant_named(*match.dialect, captures.tenant));
  if (refused_before(call)) return true;
  if (match.kind == DialectMatchKind::kOtherMethod) {
    // Some systems tell a wrong method only to who may ask at all.
    if (match.endpoint->credential_before_method && !callers_.authenticate(call)) return true;
    std::string allow = "Allow: ";
    allow.append(match.allow).append("\r\n");
    call.refuse(DialectCondition::kMethodNotAllowed, allow);
    return true;
  }
  if (!takes_version(*match.dialect, request)) {
    call.refuse(DialectCondition::kNotAcceptable);
    return true;
  }
  if (const auto refused = condition_of(call.parameters.read(request, *match.endpoint))) {
    call.refuse(*refused);
    return true;
  }
  handle(call);
  return true;
}

const TenantKeys* DialectService::tenant_named(const Dialect& dialect, std::string_view name) const {
  const KeySet& keys = scope_.keystore.keys();
  const auto same = [&](const std::string& one) { return equal_ignoring_case(one, name); };
  return std::ranges::any_of(dialect.default_tenant_names, same) ? keys.tenant(0) : keys.tenant_by_name(name);
}

void DialectService::handle(DialectCall& call) {
  const size_t index = call.endpoint->handler_index;
  if (index >= kHandlerFirstGiven) return dialect_handlers()[index - kHandlerFirstGiven].handle(call);
  DialectTokenHolder holder;
  if (call.endpoint->guarded && !admit_bearer(call, holder)) return;
  const ClientRecord* client = holder.client;
  const ApiToken* key = holder.key;
  if (!call.endpoint->credentials.empty()) {
    const auto caller = callers_.authenticate(call);
    if (!caller) return;
    client = caller->client;
    key = caller->key;
  }
  if (index == kHandlerAnswer) {
    const PlainValues values(call, client, key, call.endpoint->guarded ? &holder.claims : nullptr);
    return call.answer(*call.endpoint->success, values.input());
  }
  if (client == nullptr) return call.refuse(DialectCondition::kMissingCredential);
  if (call.tenant == nullptr) return call.refuse(DialectCondition::kWrongCredential);
  issuer_.issue(call, {.client = *client, .key = key});
}

bool DialectService::admit_bearer(DialectCall& call, DialectTokenHolder& holder) {
  const std::string_view token = presented_token(call);
  if (token.empty()) {
    call.refuse(DialectCondition::kMissingToken);
    return false;
  }
  if (call.endpoint != nullptr && call.endpoint->tenant_from_token) {
    call.choose_tenant(pseudonyms_.tenant_of(scope_.keystore.keys(), call.dialect, token));
  }
  switch (check_dialect_token(callers_, call, token, holder)) {
    case DialectTokenState::kAlive:
      return true;
    case DialectTokenState::kDead:
      call.refuse(DialectCondition::kInvalidToken);
      return false;
    case DialectTokenState::kUnavailable:
      call.refuse_for_a_while(DialectCondition::kUnavailable, 5);
      return false;
    case DialectTokenState::kWaits:
      break;
  }
  return false;
}

bool DialectService::verify(const http::Request& request, http::Responder& out, std::string_view name,
                            const TenantKeys& tenant) {
  const Dialect* dialect = shared_.set.load().find(name);
  if (dialect == nullptr || !dialect->token) return false;
  DialectCall call(*this, scope_, request, out, *dialect, nullptr);
  call.tenant = &tenant;
  call.again = again_;
  DialectTokenHolder holder;
  if (!refused_before(call) && admit_bearer(call, holder)) pass(call, holder);
  return true;
}

bool DialectService::refused_before(DialectCall& call) {
  if (!refused_) return false;
  if (*refused_ == DialectCondition::kUnavailable) {
    call.refuse_for_a_while(*refused_, 1);
  } else {
    call.refuse(*refused_);
  }
  return true;
}

void DialectService::pass(DialectCall& call, const DialectTokenHolder& holder) {
  std::array<char, size_t{16} * 1024> text;
  FieldWriter fields(text);
  fields.raw("Cache-Control: no-store\r\nX-Signet-Client: ").value(holder.client->client_id());
  fields.raw("\r\nX-Signet-Subject: ");
  fields.value(holder.key != nullptr ? std::string_view(holder.key->subject) : holder.client->client_id());
  fields.raw("\r\nX-Signet-Scope: ");
  fields.value(holder.key != nullptr ? std::string_view(holder.key->scope) : holder.client->scope());
  fields.raw("\r\nX-Signet-Expires: ").number(holder.claims.expires_at).raw("\r\n");
  if (fields.overflowed()) return call.refuse(DialectCondition::kServerError);
  reply(scope_, call.request, call.out, Endpoint::kVerify, {.status = 200, .extra_fields = fields.text()});
}

void DialectService::serve_again(http::Request& request) {
  if (responder_ == nullptr || !responder_->alive(request.id)) return;
  again_ = true;
  front_.on_request(request, *responder_);
  again_ = false;
}

void DialectService::refuse_waiting(const http::Request& request, DialectCondition condition) {
  if (responder_ == nullptr || !responder_->alive(request.id)) return;
  refused_ = condition;
  again_ = true;
  front_.on_request(request, *responder_);
  again_ = false;
  refused_.reset();
}

void DialectService::wait_for_others() const {
  using namespace std::chrono_literals;
  callers_.wait_for_others();
  while (errands_.load(std::memory_order_acquire) != 0) std::this_thread::sleep_for(1ms);
}

bool DialectService::answer_later(const DialectPlace& place, const std::function<void(DialectCall&)>& answer) {
  if (responder_ == nullptr || !responder_->alive(place.exchange)) return false;
  http::Request request;
  request.id = place.exchange;
  request.arrived_ns = place.arrived_ns;
  const Dialect* dialect = shared_.set.load().find(place.dialect);
  const DialectEndpoint* endpoint = nullptr;
  if (dialect != nullptr) {
    const auto at = std::ranges::find(dialect->endpoints, place.endpoint, &DialectEndpoint::name);
    if (at != dialect->endpoints.end()) endpoint = &*at;
  }
  if (endpoint == nullptr) {  // reloaded away meanwhile
    reply_error(scope_, request, *responder_, Endpoint::kDialect, unavailable());
    return false;
  }
  DialectCall call(*this, scope_, request, *responder_, *dialect, endpoint);
  if (place.tenant) call.tenant = scope_.keystore.keys().tenant(*place.tenant);
  call.again = true;
  answer(call);
  return true;
}

void DialectService::failed_job(SigningJob& job, http::Responder& out, bool broken) {
  const DialectIssuer::JobPlace at = DialectIssuer::place_of(job);
  http::Responder* before = std::exchange(responder_, &out);
  answer_later({.exchange = exchange_of(job.owner),
                .arrived_ns = job.owner.arrived_ns,
                .dialect = std::string(at.dialect),
                .endpoint = std::string(at.endpoint),
                .tenant = std::nullopt},
               [broken](DialectAnswers& answers) {
                 if (broken) return answers.refuse(DialectCondition::kServerError);
                 answers.refuse_for_a_while(DialectCondition::kUnavailable, 1);
               });
  responder_ = before;
}

}  // namespace signet
