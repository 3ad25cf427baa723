#include "daemon/service/service.h"

#include "daemon/endpoint/document_endpoint.h"
#include "daemon/endpoint/health_endpoint.h"
#include "daemon/service/route.h"

namespace signet {
namespace {

constexpr uint32_t kDefaultTenant = 0;

// The default tenant has no name in a path: its issuer is the bare one, and a second place to ask for its tokens would
// be one more to guard and to limit.
const TenantKeys* find_tenant(const WorkerScope& scope, std::string_view name) {
  const KeySet& keys = scope.keystore.keys();
  if (name.empty()) return keys.tenant(kDefaultTenant);
  const TenantKeys* tenant = keys.tenant_by_name(name);
  return tenant == nullptr || tenant->tenant == kDefaultTenant ? nullptr : tenant;
}

void reply_not_found(WorkerScope& scope, const http::Request& request, http::Responder& out) {
  reply_error(scope, request, out, Endpoint::kOther,
              {.error = OAuthError::kInvalidRequest, .description = "nothing is served at this path", .status = 404});
}

}  // namespace

Service::Service(Keystore& keystore, size_t worker_index, WorkerMetrics& metrics, const ServiceShared& shared,
                 size_t jobs_max, WallClock clock, size_t verify_cache_entries, const DialectShared* dialects)
    : queue_(worker_index, jobs_max),
      scope_{keystore, worker_index, metrics, shared, queue_, clock, mailbox_},
      token_(scope_),
      batch_(scope_),
      revoke_(scope_),
      checker_(scope_, verify_cache_entries),
      introspect_(scope_, checker_),
      introspect_batch_(scope_, checker_),
      verify_(scope_, checker_),
      dialects_(dialects == nullptr ? nullptr : std::make_unique<DialectService>(scope_, *dialects, *this)),
      feed_(scope_),
      hold_(shared.issuance, queue_, mailbox_, *this) {
  verify_.set_dialects(dialects_.get());
}

// Before the mailbox goes, into which the store posts.
Service::~Service() {
  token_.wait_for_store();
  hold_.wait_for_recorder();
  if (dialects_) dialects_->wait_for_others();
}

std::optional<size_t> Service::on_head(const http::Request& request, http::Responder& responder) {
  const RouteMatch match = match_route(request.path);
  const size_t body_size_max = scope_.shared.settings.load().body_size_max;
  if (match.route != Route::kTokenBatch && match.route != Route::kIntrospectBatch) return body_size_max;
  const TenantKeys* tenant = find_tenant(scope_, match.tenant);
  if (tenant == nullptr) return body_size_max;  // on_request answers 404
  return match.route == Route::kTokenBatch ? batch_.on_head(request, responder, *tenant)
                                           : introspect_batch_.on_head(request, responder, *tenant);
}

void Service::on_request(const http::Request& request, http::Responder& responder) {
  const RouteMatch match = match_route(request.path);
  if (match.route == Route::kHealth) return serve_health(scope_, request, responder);
  if (match.route == Route::kReady) return serve_ready(scope_, request, responder);
  if (match.route == Route::kNone) return serve_elsewhere(request, responder);
  const TenantKeys* tenant = find_tenant(scope_, match.tenant);
  if (tenant == nullptr) return reply_not_found(scope_, request, responder);
  switch (match.route) {
    case Route::kToken:
      return token_.on_request(request, responder, *tenant);
    case Route::kTokenBatch:
      return batch_.on_request(request, responder, *tenant);
    case Route::kRevoke:
      return revoke_.on_request(request, responder, *tenant);
    case Route::kIntrospect:
      return introspect_.on_request(request, responder, *tenant);
    case Route::kIntrospectBatch:
      return introspect_batch_.on_request(request, responder, *tenant);
    case Route::kVerify:
      return verify_.on_request(request, responder, *tenant);
    case Route::kRevocations:
      return feed_.on_request(request, responder, *tenant);
    case Route::kRevocationSnapshot:
      return feed_.on_snapshot(request, responder, *tenant);
    case Route::kJwks:
      return serve_jwks(scope_, request, responder, *tenant);
    default:
      return serve_metadata(scope_, request, responder, *tenant);
  }
}

// What Signet itself does not serve may be a dialect's.
void Service::serve_elsewhere(const http::Request& request, http::Responder& responder) {
  const TenantPath path = split_tenant_path(request.path);
  const TenantKeys* tenant = dialects_ ? find_tenant(scope_, path.tenant) : nullptr;
  if (tenant != nullptr && dialects_->serve(request, responder, path.rest, *tenant)) return;
  reply_not_found(scope_, request, responder);
}

bool Service::after_poll(http::Responder& responder) {
  responder_ = &responder;
  token_.hand_over();  // first: the store syncs while this iteration's tokens are signed
  token_.set_responder(&responder);
  if (dialects_) dialects_->set_responder(&responder);
  mailbox_.deliver();
  token_.set_responder(nullptr);
  if (dialects_) dialects_->set_responder(nullptr);
  batch_.feed(responder);
  introspect_batch_.feed(responder);
  const bool left = queue_.run(scope_.keystore.keys(), *this);
  hold_.hand_over();
  const bool batches_left = batch_.finish_ready(responder);
  const bool introspect_batches_left = introspect_batch_.finish_ready(responder);
  const bool feed_left = feed_.after_poll(responder);
  responder_ = nullptr;
  return left || batches_left || introspect_batches_left || feed_left;
}

bool Service::still_valid(const SigningJob& job) {
  // A peer that hung up while its job waited: nothing is signed for nobody. (A batch asks for itself.)
  if (job.owner.batch == 0 && !responder_->alive(exchange_of(job.owner))) return false;
  if (job.task == SigningTask::kCheck && job.client_id_size == 0) return true;  // /verify: nobody asks but the proxy
  const ClientRecord* client = scope_.keystore.clients().find(job.tenant, job.client());
  return client != nullptr && (client->revision() == job.client_revision);
}

// A token that is to be on record is answered when it is.
void Service::signed_job(SigningJob& job) { job.record_size == 0 ? answer(job) : hold_.take(job); }

void Service::not_recorded(SigningJob& job) {
  scope_.metrics.tokens_not_recorded.add();
  failed_job(job, Failure::kNotRecorded);
}

void Service::answer(SigningJob& job) {
  scope_.metrics.tokens[static_cast<size_t>(job.algorithm)].add();
  if (job.owner.batch != 0) {
    batch_.signed_job(job);
  } else if (job.owner.purpose == static_cast<uint8_t>(SigningPurpose::kDialect)) {
    dialects_->signed_job(job, *responder_);
  } else {
    token_.signed_job(job, *responder_);
  }
}

void Service::checked_job(SigningJob& job, bool held) {
  switch (static_cast<CheckPurpose>(job.owner.purpose)) {
    case CheckPurpose::kIntrospect:
      return introspect_.checked_job(job, held, *responder_);
    case CheckPurpose::kIntrospectBatch:
      return introspect_batch_.checked_job(job, held);
    case CheckPurpose::kVerify:
      return verify_.checked_job(job, held, *responder_);
  }
}

void Service::failed_check(SigningJob& job) {
  scope_.metrics.checks[static_cast<size_t>(CheckResult::kUnavailable)].add();
  switch (static_cast<CheckPurpose>(job.owner.purpose)) {
    case CheckPurpose::kIntrospect:
      return introspect_.failed_job(job, *responder_);
    case CheckPurpose::kIntrospectBatch:
      return introspect_batch_.failed_job(job);
    case CheckPurpose::kVerify:
      return verify_.failed_job(job, *responder_);
  }
}

void Service::failed_job(SigningJob& job, Failure why) {
  if (why != Failure::kNotRecorded) scope_.metrics.signing_failures.add();
  if (job.task == SigningTask::kCheck) return failed_check(job);
  if (job.owner.batch != 0) {
    batch_.failed_job(job, why);
  } else if (job.owner.purpose == static_cast<uint8_t>(SigningPurpose::kDialect)) {
    dialects_->failed_job(job, *responder_, why == Failure::kSignerFailed);
  } else {
    token_.failed_job(job, why, *responder_);
  }
}

}  // namespace signet
