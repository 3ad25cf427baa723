#include "daemon/endpoint/batch_endpoint.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/endpoint/client_check.h"
#include "daemon/endpoint/media_type.h"
#include "daemon/http/limits.h"
#include "protocol/json/writer.h"
#include "protocol/oauth/token_response.h"

namespace signet {
namespace {

constexpr Endpoint kEndpoint = Endpoint::kTokenBatch;
constexpr std::string_view kJsonType = "application/json";
constexpr std::string_view kNoStore = "Cache-Control: no-store\r\nPragma: no-cache\r\n";

// {"index":N,"id":"..." without the closing brace; the rest of the line's members follow.
std::string line_head(const BatchEntry& entry, size_t index) {
  std::array<char, 64 + 6 * kBatchIdSizeMax> text;
  JsonWriter writer(text);
  writer.begin_object();
  writer.member_integer("index", static_cast<int64_t>(index));
  if (entry.has_id) writer.member("id", entry.id);
  return std::string(writer.text());
}

}  // namespace

std::optional<size_t> BatchEndpoint::on_head(const http::Request& request, http::Responder& out,
                                             const TenantKeys& tenant) {
  // on_request answers 405
  if (request.method != http::Method::kPost) return scope_.shared.settings.load().body_size_max;
  const auto client = authenticate_head(scope_, request, tenant.tenant);
  if (client) return http::kBatchBodySizeMax;
  reply_error(scope_, request, out, kEndpoint, client.error());
  return std::nullopt;
}

void BatchEndpoint::on_request(const http::Request& request, http::Responder& out, const TenantKeys& tenant) {
  if (request.method != http::Method::kPost) {
    reply_method_not_allowed(scope_, request, out, kEndpoint, "POST");
    return;
  }
  const auto accepted = accept(request, tenant);
  if (!accepted) reply_error(scope_, request, out, kEndpoint, accepted.error());
}

std::expected<void, ErrorReply> BatchEndpoint::accept(const http::Request& request, const TenantKeys& tenant) {
  const auto refuse = [](std::string_view text) {
    return std::unexpected(ErrorReply{.error = OAuthError::kInvalidRequest, .description = text});
  };
  if (!scope_.shared.may_issue.load(std::memory_order_relaxed)) {
    return std::unexpected(
        ErrorReply{.error = OAuthError::kTemporarilyUnavailable, .extra_fields = "Retry-After: 5\r\n"});
  }
  if (request.has_query) return refuse("this endpoint takes no query");
  if (request.repeated_content_type || !media_type_is(request.content_type, kJsonType)) {
    return refuse("Content-Type must be application/json");
  }
  // The body may have come in a later iteration than the head: look again.
  const auto client = authenticate_client(scope_, request, tenant.tenant, {}, {});
  if (!client) return std::unexpected(client.error());
  if (((*client)->grants() & kGrantClientCredentials) == 0) {
    return std::unexpected(ErrorReply{.error = OAuthError::kUnauthorizedClient});
  }
  const ServiceSettings& settings = scope_.shared.settings.load();
  auto entries = parse_batch_request({request.body.data(), request.body.size()}, settings.batch_entries_max);
  if (!entries) {
    refusal_ = std::move(entries.error());
    return refuse(refusal_);
  }
  if (in_flight(tenant.tenant, (*client)->client_id()) + entries->size() > settings.batch_entries_per_client) {
    return std::unexpected(ErrorReply{.error = OAuthError::kTemporarilyUnavailable,
                                      .description = "this client has too many batch entries in flight",
                                      .status = 429,
                                      .extra_fields = "Retry-After: 1\r\n"});
  }
  auto batch = std::make_unique<Batch>();
  batch->exchange = request.id;
  batch->arrived_ns = request.arrived_ns;
  batch->tenant = tenant.tenant;
  batch->client_id = (*client)->client_id();
  batch->client_revision = (*client)->revision();
  batch->lines.resize(entries->size());
  batch->entries = *std::move(entries);
  batches_[free_slot()] = std::move(batch);
  ++active_;
  return {};
}

size_t BatchEndpoint::in_flight(uint32_t tenant, std::string_view client_id) const {
  size_t entries = 0;
  for (const auto& batch : batches_) {
    if (batch == nullptr || batch->tenant != tenant || batch->client_id != client_id) continue;
    entries += batch->entries.size() - batch->next + batch->outstanding;
  }
  return entries;
}

size_t BatchEndpoint::free_slot() {
  const auto found = std::find(batches_.begin(), batches_.end(), nullptr);
  if (found != batches_.end()) return static_cast<size_t>(found - batches_.begin());
  batches_.emplace_back();
  return batches_.size() - 1;
}

void BatchEndpoint::feed(http::Responder& out) {
  if (active_ == 0) return;
  size_t left = kSliceMax;
  for (size_t i = 0; i < batches_.size() && left > 0; ++i) {
    const size_t number = (turn_ + i) % batches_.size();
    Batch* batch = batches_[number].get();
    if (batch == nullptr) continue;
    if (!out.alive(batch->exchange)) batch->next = batch->entries.size();  // nobody waits for the rest
    const size_t share = std::max<size_t>(1, left / std::max<size_t>(1, active_));
    left -= feed_batch(number, std::min(left, share));
  }
  turn_ = (turn_ + 1) % batches_.size();
}

size_t BatchEndpoint::feed_batch(size_t number, size_t slice) {
  Batch& batch = *batches_[number];
  const TenantKeys* tenant = scope_.keystore.keys().tenant(batch.tenant);
  const ClientRecord* client = scope_.keystore.clients().find(batch.tenant, batch.client_id);
  // Another revision: disabled, a secret dropped, a grant withdrawn, or another client of that name.
  const bool gone = tenant == nullptr || client == nullptr || client->revision() != batch.client_revision;
  const bool paused = !scope_.shared.may_issue.load(std::memory_order_relaxed);
  size_t fed = 0;
  batch.waits = false;
  while (batch.next < batch.entries.size() && fed < slice) {
    // Enough of this algorithm is queued already: its signer is the limit, not the feed.
    batch.waits = !gone && scope_.queue.queued(client->algorithm()) >= 2 * kSliceMax;
    if (batch.waits) break;
    if (gone || paused) {
      fail_entry(batch, batch.next, {.error = gone ? OAuthError::kInvalidClient : OAuthError::kTemporarilyUnavailable});
    } else if (!feed_entry(number, *tenant, *client)) {
      break;  // the pool of jobs is empty: go on in the next iteration
    }
    ++batch.next;
    ++fed;
  }
  return fed;
}

bool BatchEndpoint::feed_entry(size_t number, const TenantKeys& tenant, const ClientRecord& client) {
  Batch& batch = *batches_[number];
  const size_t item = batch.next;
  const BatchEntry& entry = batch.entries[item];
  const auto scope = narrow_scope(client, entry.scope);
  std::array<std::string_view, kAudiencesMax> wanted;
  std::copy(entry.resources.begin(), entry.resources.end(), wanted.begin());
  const auto audience = narrow_audience(client, tenant.issuer, {wanted.data(), entry.resources.size()});
  if (!scope || !audience) {
    fail_entry(batch, item, scope ? audience.error() : scope.error());
    return true;
  }
  SigningJob* job = scope_.queue.take();
  if (job == nullptr) return false;
  const auto size = composer_.prepare(
      {.tenant = tenant, .client = client, .scope = *scope, .audience = audience->span(), .endpoint = "token/batch"});
  if (!size) {
    scope_.queue.give_back(job);
    fail_entry(batch, item, size.error());
    return true;
  }
  std::array<char, kTokenSizeMax> suffix;
  const size_t suffix_size = write_token_response_suffix({composer_.expires_in_s(), *scope}, suffix);
  // The token response is an object of its own; here its members follow the line's.
  const std::string prefix = line_head(entry, item) + "," + std::string(kTokenResponsePrefix.substr(1));
  composer_.write(*job, prefix, {suffix.data(), suffix_size});
  job->owner = {.slot = 0,
                .generation = 0,
                .sequence = 0,
                .item = static_cast<uint32_t>(item),
                .arrived_ns = batch.arrived_ns,
                .batch = static_cast<uint32_t>(number + 1)};
  scope_.queue.push(job);
  ++batch.outstanding;
  return true;
}

void BatchEndpoint::fail_entry(Batch& batch, size_t item, const ErrorReply& error) {
  std::array<char, 1024> body;
  const size_t size = write_error_body(error, body);
  batch.lines[item] = line_head(batch.entries[item], item) + "," + std::string(body.data() + 1, size - 1);
}

void BatchEndpoint::signed_job(SigningJob& job) {
  Batch& batch = *batches_[job.owner.batch - 1];
  batch.lines[job.owner.item] = job.text();
  --batch.outstanding;
}

void BatchEndpoint::failed_job(SigningJob& job, SigningSink::Failure why) {
  Batch& batch = *batches_[job.owner.batch - 1];
  fail_entry(batch, job.owner.item,
             {.error = why == SigningSink::Failure::kSignerFailed ? OAuthError::kServerError
                                                                  : OAuthError::kTemporarilyUnavailable});
  --batch.outstanding;
}

// What waits for signatures goes on with them: those of this worker keep its loop going, those of a token wake it.
bool BatchEndpoint::finish_ready(http::Responder& out) {
  bool left = false;
  for (auto& batch : batches_) {
    if (batch == nullptr) continue;
    if (!batch->complete()) {
      left = left || (batch->next < batch->entries.size() && !batch->waits);
      continue;
    }
    answer(*batch, out);
    batch.reset();
    --active_;
  }
  return left;
}

void BatchEndpoint::answer(Batch& batch, http::Responder& out) {
  if (!out.alive(batch.exchange)) return;
  std::string body;
  size_t size = 0;
  for (const std::string& line : batch.lines) size += line.size() + 1;
  body.reserve(size);
  for (const std::string& line : batch.lines) {
    body += line;
    body += '\n';
  }
  scope_.metrics.observe(kEndpoint, 200, monotonic_ns() - batch.arrived_ns);
  out.respond(batch.exchange,
              {.status = 200, .content_type = "application/x-ndjson", .extra_fields = kNoStore, .body = body});
}

}  // namespace signet
