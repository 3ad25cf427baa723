#include "daemon/endpoint/feed_endpoint.h"

#include <algorithm>
#include <utility>

namespace signet {
namespace {

constexpr Endpoint kEndpoint = Endpoint::kRevocations;
constexpr std::string_view kNoStore = "Cache-Control: no-store\r\nPragma: no-cache\r\n";
constexpr std::string_view kJson = "application/json";

std::unexpected<ErrorReply> malformed(std::string_view description) {
  return std::unexpected(ErrorReply{.error = OAuthError::kInvalidRequest, .description = description});
}

// What `reply` needs of a request that is gone.
http::Request request_of(const http::ExchangeId& id, uint64_t since_ns) {
  http::Request request;
  request.id = id;
  request.arrived_ns = since_ns;
  return request;
}

ErrorReply no_feed() {
  return {.error = OAuthError::kUnauthorizedClient,
          .description = "this client may not follow the revocation feed",
          .status = 403};
}

}  // namespace

FeedEndpoint::~FeedEndpoint() {
  scope_.shared.feed_waiting.fetch_sub(static_cast<uint32_t>(waiters_.size()), std::memory_order_relaxed);
  for (FeedRead* read = first_arrived_; read != nullptr;) delete std::exchange(read, read->next);
}

std::expected<const ClientRecord*, ErrorReply> FeedEndpoint::authorise(const http::Request& request,
                                                                       const TenantKeys& tenant) {
  if (!request.body.empty()) return malformed("a body means nothing here");
  auto client = authenticate_client(scope_, request, tenant.tenant, {}, {});
  if (client && ((*client)->flags() & kClientFeed) == 0) return std::unexpected(no_feed());
  return client;
}

void FeedEndpoint::on_request(const http::Request& request, http::Responder& out, const TenantKeys& tenant) {
  if (request.method != http::Method::kGet && request.method != http::Method::kHead) {
    reply_method_not_allowed(scope_, request, out, kEndpoint, "GET, HEAD");
    return;
  }
  const auto served = serve(request, out, tenant);
  if (!served) refuse({request.id, request.arrived_ns}, out, served.error());
}

std::expected<void, ErrorReply> FeedEndpoint::serve(const http::Request& request, http::Responder& out,
                                                    const TenantKeys& tenant) {
  // Who asks comes before what is asked.
  const auto client = authorise(request, tenant);
  if (!client) return std::unexpected(client.error());
  FeedQuery query;
  if (const auto parsed = query.parse(request, true); !parsed) return malformed(parsed.error());
  const RevocationFeeds& feeds = scope_.keystore.feeds();
  const FeedTail& tail = feeds.of(tenant.tenant);
  const Exchange exchange{request.id, request.arrived_ns};
  uint64_t after = 0;
  if (query.after()) {
    const auto cursor = read_feed_cursor(*query.after());
    if (!cursor) return malformed("after: not a cursor of this feed");
    if (cursor->epoch != feeds.epoch || cursor->tenant != tenant.tenant || cursor->sequence > tail.end()) {
      answer_gone(exchange, out, tenant, "the cursor belongs to another feed than this one: begin with the snapshot");
      return {};
    }
    after = cursor->sequence;
  }
  const FeedCaller caller = feed_caller(request, **client);
  if (after == tail.end() && query.wait_s() > 0 && !draining_) return wait(caller, out, after, query.wait_s());
  if (after >= tail.start()) {
    answer_from_tail(exchange, out, tenant, tail, after);
  } else {
    read(caller, request.arrived_ns,
         {.tenant = tenant.tenant, .after = after, .until = tail.end(), .limit = kFeedPageEntriesMax});
  }
  return {};
}

void FeedEndpoint::answer_from_tail(const Exchange& exchange, http::Responder& out, const TenantKeys& tenant,
                                    const FeedTail& tail, uint64_t after) {
  const uint64_t epoch = scope_.keystore.feeds().epoch;
  const uint64_t to = std::min<uint64_t>(tail.end(), after + kFeedPageEntriesMax);
  const Sha256Digest& hash = to == tail.end() ? tail.end_hash() : tail.at(to).chain_hash;
  const std::string_view checkpoint = checkpoints_.get(tenant, {epoch, to, hash});
  const FeedCursor from{epoch, tenant.tenant, after};
  Rendered& rendered = rendered_[(after + tenant.tenant) % rendered_.size()];
  if (rendered.body.empty() || rendered.from != from || rendered.end != tail.end() ||
      rendered.checkpoint != checkpoint) {
    FeedPage page(from, {epoch, tenant.tenant, to}, to < tail.end());
    for (uint64_t sequence = after + 1; sequence <= to; ++sequence) page.add(tail.at(sequence));
    rendered = {from, tail.end(), std::string(checkpoint), page.finish(checkpoint)};
  }
  scope_.metrics.feed_pages.add();
  answer(exchange, out, rendered.body);
}

void FeedEndpoint::answer(const Exchange& exchange, http::Responder& out, std::string_view body) {
  reply(scope_, request_of(exchange.id, exchange.since_ns), out, kEndpoint,
        {.status = 200, .content_type = kJson, .extra_fields = kNoStore, .body = body});
}

void FeedEndpoint::refuse(const Exchange& exchange, http::Responder& out, const ErrorReply& error) {
  reply_error(scope_, request_of(exchange.id, exchange.since_ns), out, kEndpoint, error);
}

void FeedEndpoint::answer_gone(const Exchange& exchange, http::Responder& out, const TenantKeys& tenant,
                               std::string_view why) {
  scope_.metrics.feed_gone.add();
  reply(scope_, request_of(exchange.id, exchange.since_ns), out, kEndpoint,
        {.status = 410, .content_type = kJson, .extra_fields = kNoStore, .body = feed_gone_body(tenant.issuer, why)});
}

// A client that changed while its answer was in the making: the retry gets the exact one.
std::expected<const TenantKeys*, ErrorReply> FeedEndpoint::still_allowed(const FeedCaller& caller) const {
  const TenantKeys* tenant = scope_.keystore.keys().tenant(caller.tenant);
  if (tenant == nullptr) {
    return std::unexpected(ErrorReply{
        .error = OAuthError::kInvalidRequest, .description = "nothing is served at this path", .status = 404});
  }
  const ClientRecord* client = scope_.keystore.clients().find(caller.tenant, caller.client());
  if (client != nullptr && client->revision() == caller.client_revision) return tenant;
  if (client == nullptr || client->disabled()) {
    return std::unexpected(ErrorReply{.error = OAuthError::kInvalidClient, .challenge = true});
  }
  return std::unexpected((client->flags() & kClientFeed) == 0 ? no_feed() : unavailable());
}

void FeedEndpoint::read(const FeedCaller& caller, uint64_t since_ns, const FeedRange& query) {
  auto* mail = new FeedRead(*this);  // owned by the mailbox, then by whoever it is delivered to
  mail->caller = caller;
  mail->arrived_ns = since_ns;
  mail->query = query;
  scope_.keystore.store().read_feed(query, [mail, &mailbox = scope_.mailbox](auto page) {
    mail->page = std::move(page);
    mailbox.post(mail);
  });
}

void FeedEndpoint::arrived(FeedRead* read) {
  (last_arrived_ != nullptr ? last_arrived_->next : first_arrived_) = read;
  last_arrived_ = read;
}

void FeedEndpoint::answer_read(const FeedRead& read, http::Responder& out) {
  const Exchange exchange{read.caller.id, read.arrived_ns};
  if (!out.alive(exchange.id)) return;
  const auto tenant = still_allowed(read.caller);
  if (!tenant) return refuse(exchange, out, tenant.error());
  if (!read.page) return refuse(exchange, out, unavailable());
  if (read.query.live) return answer_read_snapshot(read, out, **tenant);
  answer_read_feed(read, out, **tenant);
}

void FeedEndpoint::answer_read_feed(const FeedRead& read, http::Responder& out, const TenantKeys& tenant) {
  const Exchange exchange{read.caller.id, read.arrived_ns};
  const FeedRows& found = *read.page;
  const RevocationFeeds& feeds = scope_.keystore.feeds();
  if (found.gap) {
    return answer_gone(exchange, out, tenant, "entries behind the cursor are no longer kept: begin with the snapshot");
  }
  const FeedCursor from{feeds.epoch, tenant.tenant, read.query.after};
  FeedPage page(from, {feeds.epoch, tenant.tenant, found.last}, found.last < feeds.of(tenant.tenant).end());
  for (const FeedEntry& entry : found.entries) page.add(entry);
  scope_.metrics.feed_pages.add();
  const Sha256Digest& hash = found.entries.back().chain_hash;
  answer(exchange, out, page.finish(checkpoints_.get(tenant, {feeds.epoch, found.last, hash})));
}

}  // namespace signet
