// Long polls: parked, woken, timed out.
#include <algorithm>

#include "daemon/endpoint/feed_endpoint.h"

namespace signet {

std::expected<void, ErrorReply> FeedEndpoint::wait(const FeedCaller& caller, http::Responder& out, uint64_t after,
                                                   uint32_t wait_s) {
  const uint32_t most = scope_.shared.settings.load().feed_waiting_max;
  if (scope_.shared.feed_waiting.fetch_add(1, std::memory_order_relaxed) >= most) {
    scope_.shared.feed_waiting.fetch_sub(1, std::memory_order_relaxed);
    return std::unexpected(ErrorReply{.error = OAuthError::kTemporarilyUnavailable,
                                      .description = "too many followers wait",
                                      .extra_fields = "Retry-After: 5\r\n"});
  }
  if (waiters_.size() == 0) seen_version_ = scope_.keystore.feeds().version;
  waiters_.add(caller, after, wait_s, monotonic_ns());
  scope_.metrics.feed_waiting.set(waiters_.size());
  out.park(caller.id);
  return {};
}

void FeedEndpoint::remove(FeedWaiter& waiter) {
  waiters_.remove(waiter);
  scope_.shared.feed_waiting.fetch_sub(1, std::memory_order_relaxed);
  scope_.metrics.feed_waiting.set(waiters_.size());
}

void FeedEndpoint::on_gone(const http::ExchangeId& id) {
  if (FeedWaiter* waiter = waiters_.find(id)) remove(*waiter);
}

// The time spent waiting is no latency of ours: that counts from `now_ns`.
void FeedEndpoint::answer_waiter(FeedWaiter& waiter, http::Responder& out, uint64_t now_ns) {
  const FeedCaller caller = waiter.caller;
  const uint64_t after = waiter.after;
  remove(waiter);  // first: the answer may end other exchanges of the connection
  const Exchange exchange{caller.id, now_ns};
  const auto tenant = still_allowed(caller);
  if (!tenant) return refuse(exchange, out, tenant.error());
  const FeedTail& tail = scope_.keystore.feeds().of(caller.tenant);
  if (after >= tail.start() && after <= tail.end()) return answer_from_tail(exchange, out, **tenant, tail, after);
  read(caller, now_ns, {.tenant = caller.tenant, .after = after, .until = tail.end(), .limit = kFeedPageEntriesMax});
}

bool FeedEndpoint::after_poll(http::Responder& out) {
  bool left = false;
  while (first_arrived_ != nullptr && !left) {
    const std::unique_ptr<FeedRead> read(first_arrived_);
    first_arrived_ = read->next;
    if (first_arrived_ == nullptr) last_arrived_ = nullptr;
    answer_read(*read, out);
    left = first_arrived_ != nullptr;  // a page is some hundred kilobytes: one in an iteration
  }
  if (waiters_.size() == 0) return left;
  const uint64_t now_ns = monotonic_ns();
  left = serve_waiters(out, now_ns) || left;
  if (!left) set_next_alarm(now_ns);
  return left;
}

// Those whose time is over, and, when a wake-up is due, those whose feed has grown.
bool FeedEndpoint::serve_waiters(http::Responder& out, uint64_t now_ns) {
  const RevocationFeeds& feeds = scope_.keystore.feeds();
  if (wake_up_ns_ == 0 && feeds.version != seen_version_) wake_up_ns_ = std::max(now_ns, last_wake_up_ns_ + kJoinNs);
  const bool wake_up = wake_up_ns_ != 0 && wake_up_ns_ <= now_ns;
  const auto end_of = [&feeds](uint32_t tenant) { return feeds.of(tenant).end(); };
  checkpoints_.take_spent_ns();
  uint64_t spent_ns = 0;
  for (size_t answers = 0; answers < kAnswersPerIteration && spent_ns < kSigningPerIterationNs; ++answers) {
    FeedWaiter* waiter = wake_up ? waiters_.behind(end_of) : nullptr;
    if (waiter == nullptr) waiter = waiters_.due(now_ns);
    if (waiter == nullptr) {
      if (!wake_up) return false;
      seen_version_ = feeds.version;
      wake_up_ns_ = 0;
      last_wake_up_ns_ = now_ns;
      scope_.metrics.feed_wake_ups.add();
      return false;
    }
    answer_waiter(*waiter, out, now_ns);
    spent_ns += checkpoints_.take_spent_ns();
  }
  return true;
}

void FeedEndpoint::set_next_alarm(uint64_t now_ns) {
  uint64_t next_ns = waiters_.next_due_ns();
  if (wake_up_ns_ != 0) next_ns = std::min(next_ns, wake_up_ns_);
  if (next_ns == UINT64_MAX || next_ns == alarm_for_ns_ || !alarm_) return;
  alarm_for_ns_ = next_ns;
  alarm_((next_ns - std::min(next_ns, now_ns) + 999'999) / 1'000'000);
}

void FeedEndpoint::on_drain(http::Responder& out) {
  draining_ = true;
  const uint64_t now_ns = monotonic_ns();
  while (FeedWaiter* waiter = waiters_.any()) answer_waiter(*waiter, out, now_ns);
}

}  // namespace signet
