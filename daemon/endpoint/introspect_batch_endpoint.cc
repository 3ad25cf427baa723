#include "daemon/endpoint/introspect_batch_endpoint.h"

#include <algorithm>

#include "daemon/endpoint/media_type.h"
#include "daemon/http/limits.h"

namespace signet {
namespace {

constexpr Endpoint kEndpoint = Endpoint::kIntrospectBatch;
constexpr std::string_view kNoStore = "Cache-Control: no-store\r\nPragma: no-cache\r\n";

}  // namespace

std::optional<size_t> IntrospectBatchEndpoint::on_head(const http::Request& request, http::Responder& out,
                                                       const TenantKeys& tenant) {
  // on_request answers 405
  if (request.method != http::Method::kPost) return scope_.shared.settings.load().body_size_max;
  const auto caller = authenticate_introspector(scope_, request, tenant.tenant, {}, {});
  if (caller) return http::kBatchBodySizeMax;
  reply_error(scope_, request, out, kEndpoint, caller.error());
  return std::nullopt;
}

void IntrospectBatchEndpoint::on_request(const http::Request& request, http::Responder& out, const TenantKeys& tenant) {
  if (request.method != http::Method::kPost) {
    reply_method_not_allowed(scope_, request, out, kEndpoint, "POST");
    return;
  }
  const auto accepted = accept(request, tenant);
  if (!accepted) reply_error(scope_, request, out, kEndpoint, accepted.error());
}

std::expected<void, ErrorReply> IntrospectBatchEndpoint::accept(const http::Request& request,
                                                                const TenantKeys& tenant) {
  const auto refuse = [](std::string_view text) {
    return std::unexpected(ErrorReply{.error = OAuthError::kInvalidRequest, .description = text});
  };
  if (request.has_query) return refuse("this endpoint takes no query");
  if (request.repeated_content_type || !media_type_is(request.content_type, "application/json")) {
    return refuse("Content-Type must be application/json");
  }
  // The body may have come in a later iteration than the head: look again.
  const auto caller = authenticate_introspector(scope_, request, tenant.tenant, {}, {});
  if (!caller) return std::unexpected(caller.error());
  const ServiceSettings& settings = scope_.shared.settings.load();
  auto tokens = parse_introspect_batch({request.body.data(), request.body.size()}, settings.batch_entries_max);
  if (!tokens) {
    refusal_ = std::move(tokens.error());
    return refuse(refusal_);
  }
  if (in_flight(tenant.tenant, (*caller)->client_id()) + tokens->size() > settings.batch_entries_per_client) {
    return std::unexpected(ErrorReply{.error = OAuthError::kTemporarilyUnavailable,
                                      .description = "this client has too many batch entries in flight",
                                      .status = 429,
                                      .extra_fields = "Retry-After: 1\r\n"});
  }
  auto batch = std::make_unique<Batch>();
  batch->exchange = request.id;
  batch->arrived_ns = request.arrived_ns;
  batch->tenant = tenant.tenant;
  batch->client_id = (*caller)->client_id();
  batch->client_revision = (*caller)->revision();
  batch->answers.resize(tokens->size());
  batch->tokens = *std::move(tokens);
  batches_[free_slot()] = std::move(batch);
  ++active_;
  return {};
}

size_t IntrospectBatchEndpoint::in_flight(uint32_t tenant, std::string_view client_id) const {
  size_t entries = 0;
  for (const auto& batch : batches_) {
    if (batch == nullptr || batch->tenant != tenant || batch->client_id != client_id) continue;
    entries += batch->tokens.size() - batch->next + batch->outstanding;
  }
  return entries;
}

size_t IntrospectBatchEndpoint::free_slot() {
  const auto found = std::find(batches_.begin(), batches_.end(), nullptr);
  if (found != batches_.end()) return static_cast<size_t>(found - batches_.begin());
  batches_.emplace_back();
  return batches_.size() - 1;
}

void IntrospectBatchEndpoint::feed(http::Responder& out) {
  if (active_ == 0) return;
  size_t left = kSliceMax;
  for (size_t i = 0; i < batches_.size() && left > 0; ++i) {
    const size_t number = (turn_ + i) % batches_.size();
    Batch* batch = batches_[number].get();
    if (batch == nullptr) continue;
    if (!out.alive(batch->exchange)) batch->failed = true;  // nobody waits for the rest
    const size_t share = std::max<size_t>(1, kSliceMax / active_);
    left -= std::min(left, feed_batch(number, std::min(left, share)));
  }
  turn_ = (turn_ + 1) % batches_.size();
}

size_t IntrospectBatchEndpoint::feed_batch(size_t number, size_t slice) {
  Batch& batch = *batches_[number];
  if (batch.failed) return 0;
  const TenantKeys* tenant = scope_.keystore.keys().tenant(batch.tenant);
  const ClientRecord* caller = scope_.keystore.clients().find(batch.tenant, batch.client_id);
  // Another revision: disabled, a right withdrawn, or another client of that name.
  if (tenant == nullptr || caller == nullptr || caller->revision() != batch.client_revision) {
    batch.failed = true;
    return 0;
  }
  size_t used = 0;
  while (!batch.failed && batch.next < batch.tokens.size() && used < slice && batch.outstanding < kOutstandingMax) {
    const size_t cost = feed_token(number, *tenant, *caller);
    if (cost == 0) break;
    ++batch.next;
    used += cost;
  }
  return used;
}

// Gives the units it took, 0 when the token must wait for the next iteration.
size_t IntrospectBatchEndpoint::feed_token(size_t number, const TenantKeys& tenant, const ClientRecord& caller) {
  Batch& batch = *batches_[number];
  const auto outcome = checker_.check(tenant, batch.tokens.token(batch.next), {.caller = &caller, .audience = {}});
  if (outcome.result == CheckResult::kUnavailable) {
    batch.failed = true;
    return 1;
  }
  if (outcome.result != CheckResult::kMustCheck) {
    put_answer(batch, batch.next, introspection_body(outcome));
    return 1;
  }
  SigningJob* job = checker_.make_job({});
  if (job == nullptr) return 0;
  name_caller(*job, caller);
  job->owner = {.item = static_cast<uint32_t>(batch.next),
                .arrived_ns = batch.arrived_ns,
                .batch = static_cast<uint32_t>(number + 1),
                .purpose = static_cast<uint8_t>(CheckPurpose::kIntrospectBatch)};
  scope_.queue.push(job);
  ++batch.outstanding;
  return kQueuedCost;
}

void IntrospectBatchEndpoint::put_answer(Batch& batch, size_t item, std::string_view body) {
  batch.answers[item] = {static_cast<uint32_t>(batch.bodies.size()), static_cast<uint32_t>(body.size())};
  batch.bodies += body;
}

void IntrospectBatchEndpoint::checked_job(SigningJob& job, bool held) {
  const ClientRecord* caller = find_caller(scope_, job);
  if (caller == nullptr) return failed_job(job);
  Batch& batch = *batches_[job.owner.batch - 1];
  --batch.outstanding;
  put_answer(batch, job.owner.item, introspection_body(checker_.finish(job, held, {.caller = caller, .audience = {}})));
}

void IntrospectBatchEndpoint::failed_job(SigningJob& job) {
  Batch& batch = *batches_[job.owner.batch - 1];
  --batch.outstanding;
  batch.failed = true;
}

bool IntrospectBatchEndpoint::finish_ready(http::Responder& out) {
  for (auto& batch : batches_) {
    if (batch == nullptr || !batch->complete()) continue;
    answer(*batch, out);
    batch.reset();
    --active_;
  }
  return active_ > 0;
}

void IntrospectBatchEndpoint::answer(const Batch& batch, http::Responder& out) {
  if (!out.alive(batch.exchange)) return;
  http::Request request;
  request.id = batch.exchange;
  request.arrived_ns = batch.arrived_ns;
  // A part of the truth would be taken for all of it: one token that was not decided fails the batch.
  if (batch.failed) return reply_error(scope_, request, out, kEndpoint, unavailable());
  std::string body;
  body.reserve(batch.bodies.size() + batch.answers.size() + 2);
  body += '[';
  for (const Part& part : batch.answers) {
    if (body.size() > 1) body += ',';
    body.append(batch.bodies, part.at, part.size);
  }
  body += ']';
  reply(scope_, request, out, kEndpoint,
        {.status = 200, .content_type = "application/json", .extra_fields = kNoStore, .body = body});
}

}  // namespace signet
