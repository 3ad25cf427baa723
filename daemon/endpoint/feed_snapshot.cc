// Snapshots: everything that is alive, in pages read by the store. One page is held at a time, whatever the whole has.
#include "daemon/endpoint/feed_endpoint.h"

namespace signet {
namespace {

std::unexpected<ErrorReply> malformed(std::string_view description) {
  return std::unexpected(ErrorReply{.error = OAuthError::kInvalidRequest, .description = description});
}

}  // namespace

void FeedEndpoint::on_snapshot(const http::Request& request, http::Responder& out, const TenantKeys& tenant) {
  if (request.method != http::Method::kGet && request.method != http::Method::kHead) {
    reply_method_not_allowed(scope_, request, out, Endpoint::kRevocations, "GET, HEAD");
    return;
  }
  const auto served = serve_snapshot(request, out, tenant);
  if (!served) refuse({request.id, request.arrived_ns}, out, served.error());
}

std::expected<void, ErrorReply> FeedEndpoint::serve_snapshot(const http::Request& request, http::Responder& out,
                                                             const TenantKeys& tenant) {
  const auto client = authorise(request, tenant);
  if (!client) return std::unexpected(client.error());
  FeedQuery query;
  if (const auto parsed = query.parse(request, false); !parsed) return malformed(parsed.error());
  const RevocationFeeds& feeds = scope_.keystore.feeds();
  const Exchange exchange{request.id, request.arrived_ns};
  SnapshotCursor at{.epoch = feeds.epoch, .tenant = tenant.tenant, .end = feeds.of(tenant.tenant).end()};
  if (query.after()) {
    const auto cursor = read_snapshot_cursor(*query.after());
    if (!cursor || cursor->last > cursor->end) return malformed("after: not a cursor of this snapshot");
    if (cursor->epoch != at.epoch || cursor->tenant != at.tenant || cursor->end > at.end) {
      answer_gone(exchange, out, tenant, "the snapshot that this cursor belongs to is no more: begin a new one");
      return {};
    }
    at = *cursor;
  }
  if (at.last == at.end && at.end == 0) {
    finish_snapshot(exchange, out, tenant, {}, 0);
  } else {
    read(feed_caller(request, **client), request.arrived_ns,
         {.tenant = tenant.tenant, .after = at.last, .until = at.end, .limit = kFeedPageEntriesMax, .live = true});
  }
  return {};
}

void FeedEndpoint::answer_read_snapshot(const FeedRead& read, http::Responder& out, const TenantKeys& tenant) {
  const Exchange exchange{read.caller.id, read.arrived_ns};
  const FeedRows& found = *read.page;
  if (found.last == read.query.until) return finish_snapshot(exchange, out, tenant, found, found.last);
  const uint64_t epoch = scope_.keystore.feeds().epoch;
  const SnapshotCursor next{epoch, tenant.tenant, found.last, read.query.until};
  FeedPage page(epoch, &next, {});
  for (const FeedEntry& entry : found.entries) page.add(entry);
  scope_.metrics.feed_snapshot_pages.add();
  answer(exchange, out, page.finish({}));
}

// The last page leads into the feed where it ended when the snapshot began, which must still be possible.
void FeedEndpoint::finish_snapshot(const Exchange& exchange, http::Responder& out, const TenantKeys& tenant,
                                   const FeedRows& found, uint64_t end) {
  const RevocationFeeds& feeds = scope_.keystore.feeds();
  const FeedTail& tail = feeds.of(tenant.tenant);
  Sha256Digest hash{};  // as it is before the first entry
  if (end == tail.end()) {
    hash = tail.end_hash();
  } else if (end > tail.start()) {
    hash = tail.at(end).chain_hash;
  } else if (found.until_hash) {
    hash = *found.until_hash;
  } else if (end != 0) {
    return answer_gone(exchange, out, tenant, "the snapshot took too long to read: begin a new one");
  }
  FeedPage page(feeds.epoch, nullptr, {feeds.epoch, tenant.tenant, end});
  for (const FeedEntry& entry : found.entries) page.add(entry);
  scope_.metrics.feed_snapshot_pages.add();
  answer(exchange, out, page.finish(checkpoints_.get(tenant, {feeds.epoch, end, hash})));
}

}  // namespace signet
