#include "daemon/dialect/caller.h"

#include <chrono>
#include <cstring>
#include <thread>
#include <utility>

#include "daemon/dialect/dialect_service.h"
#include "daemon/endpoint/client_check.h"
#include "daemon/endpoint/rate_check.h"
#include "daemon/failed_authentication_log.h"
#include "protocol/base/check.h"
#include "protocol/base/copy_text.h"

namespace signet {
namespace {

// Wrong passwords of one account from one address: five at once, then one a second. Guessing at a password is worth
// more than at a secret of 256 bits, so the account is part of it; but only together with the address, or else anybody
// could lock the account.
const RateLimit kFailedPasswordLimit = make_rate_limit(1, 5, 1);

uint64_t account_hash(const WorkerScope& scope, uint64_t network, uint32_t tenant, std::string_view id) {
  std::array<char, sizeof network + sizeof tenant + kDialectIdSizeMax> text;
  std::memcpy(text.data(), &network, sizeof network);
  std::memcpy(text.data() + sizeof network, &tenant, sizeof tenant);
  id = id.substr(0, kDialectIdSizeMax);
  copy_text(text.data() + sizeof network + sizeof tenant, id);
  return short_hash(scope.buckets.key, as_bytes({text.data(), sizeof network + sizeof tenant + id.size()}));
}

// What nobody looks at need not wait with its request.
std::string_view body_to_keep(const DialectCall& call) {
  if (call.endpoint == nullptr || call.endpoint->body == DialectBody::kIgnored) return {};
  return {call.request.body.data(), call.request.body.size()};
}

SecretBytes secret_copy(std::string_view text) { return SecretBytes::copy_of(as_bytes(text)); }

}  // namespace

DialectCallers::DialectCallers(WorkerScope& scope, const DialectShared& shared, DialectReserver& reserver)
    : scope_(scope), shared_(shared), reserver_(reserver) {}

DialectCallers::~DialectCallers() { SIGNET_CHECK(elsewhere_.load() == 0); }

void DialectCallers::wait_for_others() const {
  using namespace std::chrono_literals;
  while (elsewhere_.load(std::memory_order_acquire) != 0) std::this_thread::sleep_for(1ms);
}

std::optional<DialectCaller> DialectCallers::authenticate(DialectCall& call, const DialectKeyUse& use) {
  if (!call.again) {
    if (const auto may_try = admit_attempt(scope_, call.request); !may_try) {
      call.refuse_for_a_while(DialectCondition::kTooManyRequests, may_try.error().retry_after_s);
      return std::nullopt;
    }
    if (const auto admitted = admit_address(scope_, call.request); !admitted) {
      call.refuse_for_a_while(DialectCondition::kTooManyRequests, admitted.error().retry_after_s);
      return std::nullopt;
    }
  }
  CredentialScratch scratch;
  const auto credential = read_credential(call.request, *call.endpoint, call.parameters, scratch);
  if (!credential && credential.error() == CredentialError::kMissing) {
    scope_.metrics.auth_failures[static_cast<size_t>(AuthFailure::kNoCredentials)].add();
    call.refuse(DialectCondition::kMissingCredential);
    return std::nullopt;
  }
  if (!credential) {
    scope_.metrics.auth_failures[static_cast<size_t>(AuthFailure::kMalformed)].add();
    log_failed_authentication(AuthFailure::kMalformed, {}, call.request.peer_address);
    note_failed_attempt(scope_, call.request);
    call.refuse(DialectCondition::kMalformedCredential);
    return std::nullopt;
  }
  if (credential->tenant.data() != nullptr) {
    call.choose_tenant(call.service.tenant_named(call.dialect, credential->tenant));
  }
  const auto caller = credential->is_key ? by_key(call, credential->key, use) : by_secret(call, *credential);
  wipe({reinterpret_cast<uint8_t*>(scratch.data()), scratch.size()});
  return caller ? admitted(call, *caller) : std::nullopt;
}

std::optional<DialectCaller> DialectCallers::admitted(DialectCall& call, const DialectCaller& caller) {
  const auto admitted = admit_client(scope_, call.request, *caller.client, Toll::kTake);
  if (admitted) return caller;
  call.refuse_for_a_while(DialectCondition::kTooManyRequests, admitted.error().retry_after_s);
  return std::nullopt;
}

void DialectCallers::refuse_wrong_key(DialectCall& call, const DialectKeyUse& use) {
  constexpr AuthFailure kReason = AuthFailure::kWrongSecret;
  scope_.metrics.auth_failures[static_cast<size_t>(kReason)].add();
  log_failed_authentication(kReason, {}, call.request.peer_address);
  if (use.failures_count) note_failed_attempt(scope_, call.request);
  call.refuse(DialectCondition::kWrongCredential);
}

std::optional<DialectCaller> DialectCallers::by_secret(DialectCall& call, const PresentedCredential& credential) {
  const uint32_t tenant = call.tenant_number();
  const ClientRecord* client = nullptr;
  // As it came, then form-decoded, where that is something else.
  for (const bool decoded : {false, true}) {
    const std::string_view id = decoded ? credential.decoded_id : credential.id;
    const std::string_view secret = decoded ? credential.decoded_secret : credential.secret;
    if (id.data() == nullptr) continue;
    const auto search = scope_.keystore.clients().begin(tenant, id);
    const auto [found, number] = check_secret(scope_, search, tenant, id, secret);
    if (found != nullptr) client = found;
    const bool right = number >= 0 || (found != nullptr && found->password() != nullptr &&
                                       passwords_.holds(*found, secret, call.request.arrived_ns));
    // A disabled one takes the way of a wrong one, or the time would tell that its secret is right.
    if (!right || found == nullptr || found->disabled()) continue;
    if (number >= 0) note_secret_use(scope_, *found, number);
    return DialectCaller{.client = found};
  }
  ask_pool(call, client, credential);
  return std::nullopt;
}

// As for the other limit of failures: off in development, and not for peers whose address is not known.
bool DialectCallers::counts_failures(const http::Request& request) const {
  return request.peer_network && !scope_.shared.settings.load().failed_authentication_limit.off();
}

void DialectCallers::ask_pool(DialectCall& call, const ClientRecord* client, const PresentedCredential& credential) {
  const uint32_t tenant = call.tenant_number();
  // The account's own name, however the request spells it.
  const std::string_view account = client != nullptr ? client->client_id() : credential.id;
  if (counts_failures(call.request)) {
    const uint64_t hash = account_hash(scope_, *call.request.peer_network, tenant, account);
    const uint64_t wait_ns = failed_passwords_.wait_ns(kFailedPasswordLimit, hash, call.request.arrived_ns);
    if (wait_ns != 0) {
      scope_.metrics.rate_limited[static_cast<size_t>(RateLimitKind::kFailedAuthentication)].add();
      return call.refuse_for_a_while(DialectCondition::kTooManyRequests, retry_after_s(wait_ns));
    }
  }
  auto waiting = std::make_unique<WaitingPassword>(scope_.mailbox, *this, elsewhere_);
  waiting->tenant = tenant;
  waiting->client_id = account;
  waiting->password = secret_copy(credential.secret);
  if (credential.decoded_secret.data() != nullptr) waiting->other_password = secret_copy(credential.decoded_secret);
  if (client != nullptr && client->password() != nullptr) waiting->verifier = *client->password();
  waiting->request.hold(call.request, body_to_keep(call));
  if (shared_.passwords == nullptr || !shared_.passwords->submit(*waiting)) {
    return call.refuse_for_a_while(DialectCondition::kUnavailable, 1);
  }
  static_cast<void>(waiting.release());  // until its mail
}

void DialectCallers::password_checked(std::unique_ptr<WaitingPassword> waiting) {
  http::Request& request = waiting->request.again();
  if (waiting->verdict == PasswordVerdict::kUnavailable) {
    return reserver_.refuse_waiting(request, DialectCondition::kUnavailable);
  }
  const ClientRecord* client = scope_.keystore.clients().find(waiting->tenant, waiting->client_id);
  const bool unchanged = client != nullptr && client->password() != nullptr && waiting->verifier &&
                         *client->password() == *waiting->verifier;
  const bool disabled = client != nullptr && client->disabled();
  if (waiting->verdict == PasswordVerdict::kRight && unchanged && !disabled) {
    passwords_.add(*client, as_text(waiting->password.expose()), monotonic_ns());
    return reserver_.serve_again(request);
  }
  if (waiting->verdict == PasswordVerdict::kWrong && !waiting->other_password.empty()) {
    waiting->password = std::move(waiting->other_password);
    waiting->other_password = {};
    if (!shared_.passwords->submit(*waiting)) {
      return reserver_.refuse_waiting(request, DialectCondition::kUnavailable);
    }
    static_cast<void>(waiting.release());
    return;
  }
  const AuthFailure reason = client == nullptr ? AuthFailure::kUnknownClient
                             : disabled        ? AuthFailure::kDisabled
                                               : AuthFailure::kWrongSecret;
  scope_.metrics.auth_failures[static_cast<size_t>(reason)].add();
  log_failed_authentication(reason, waiting->client_id, request.peer_address);
  note_failed_attempt(scope_, request);
  if (counts_failures(request)) {
    const uint64_t hash = account_hash(scope_, *request.peer_network, waiting->tenant, waiting->client_id);
    failed_passwords_.spend(kFailedPasswordLimit, hash, request.arrived_ns);
  }
  reserver_.refuse_waiting(request, DialectCondition::kWrongCredential);
}

std::optional<DialectCaller> DialectCallers::by_key(DialectCall& call, std::string_view text,
                                                    const DialectKeyUse& use) {
  const auto id = scope_.keystore.identify_api_token(call.tenant_number(), text);
  if (!id) {
    refuse_wrong_key(call, use);
    return std::nullopt;
  }
  bool waits = false;
  const ApiToken* key = key_of(call, *id, use.kind, waits);
  if (waits) return std::nullopt;
  const ClientRecord* client = key == nullptr ? nullptr : client_of(*key);
  if (client == nullptr) {
    refuse_wrong_key(call, use);
    return std::nullopt;
  }
  return DialectCaller{.client = client, .key = key};
}

const ClientRecord* DialectCallers::client_of(const ApiToken& key) const {
  if (key.expires_at != 0 && key.expires_at <= scope_.clock() / 1000) return nullptr;
  const ClientRecord* client = scope_.keystore.clients().find(key.tenant, key.client_id);
  if (client == nullptr || client->disabled()) return nullptr;
  const bool revoked = scope_.keystore.revocations().revoked({.of = CredentialKind::kApiToken,
                                                              .tenant = key.tenant,
                                                              .client_id = key.client_id,
                                                              .subject = key.subject,
                                                              .issued_ms = key.created_ms});
  return revoked ? nullptr : client;
}

const ApiToken* DialectCallers::key_of(DialectCall& call, const ApiTokenId& id, ApiTokenKind kind, bool& waits) {
  waits = false;
  const ApiTokenIndex& index = scope_.keystore.api_tokens();
  const uint32_t tenant = call.tenant_number();
  if (!index.may_contain(tenant, id)) return nullptr;
  if (const ApiToken* key = keys_.find(tenant, id, index.erasures())) {
    return key->kind == kind ? key : nullptr;
  }
  if (call.again) return nullptr;  // the store has said what it stands for: nothing that is kept
  waits = true;
  if (!ask_store(call, id, kind)) call.refuse_for_a_while(DialectCondition::kUnavailable, 1);
  return nullptr;
}

bool DialectCallers::ask_store(DialectCall& call, const ApiTokenId& id, ApiTokenKind kind) {
  constexpr size_t kElsewhereMax = 1024;
  if (elsewhere_.load(std::memory_order_relaxed) >= kElsewhereMax) return false;
  auto waiting = std::make_unique<WaitingKey>(scope_.mailbox, *this, elsewhere_);
  waiting->tenant = call.tenant_number();
  waiting->id = id;
  waiting->kind = kind;
  waiting->erasures = scope_.keystore.api_tokens().erasures();
  waiting->request.hold(call.request, body_to_keep(call));
  elsewhere_.fetch_add(1, std::memory_order_relaxed);
  scope_.keystore.store().redeem_api_token(*waiting.release());
  return true;
}

void DialectCallers::key_redeemed(std::unique_ptr<WaitingKey> waiting) {
  http::Request& request = waiting->request.again();
  switch (waiting->verdict) {
    case ApiTokenVerdict::kBusy:
    case ApiTokenVerdict::kUnavailable:
    case ApiTokenVerdict::kSuspended:
      return reserver_.refuse_waiting(request, DialectCondition::kUnavailable);
    case ApiTokenVerdict::kValid:
      // One that was removed meanwhile may be this one: the next try will tell.
      if (scope_.keystore.api_tokens().erasures() != waiting->erasures) {
        return reserver_.refuse_waiting(request, DialectCondition::kUnavailable);
      }
      keys_.add(waiting->token, waiting->erasures);
      break;
    default:
      break;  // it is refused like any other when it is served again
  }
  reserver_.serve_again(request);
}

}  // namespace signet
