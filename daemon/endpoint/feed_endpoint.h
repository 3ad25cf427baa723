// GET /oauth2/revocations and /oauth2/revocations/snapshot: the revocation feed of a tenant, for authenticated clients
// with the feed flag. The protocol is in feed.md.
//
// Recent entries are answered from the published tails; older pages and snapshots are read by the store's reader and
// come back as mail. A long poll is parked, and answered when the tail has grown, its time is over, or the loop drains.
// The publisher wakes every loop, so a worker with waiters looks at the version of the tails in each iteration, and at
// its waiters at most once in kJoinNs.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string>

#include "daemon/endpoint/client_check.h"
#include "daemon/endpoint/feed_checkpoints.h"
#include "daemon/endpoint/feed_page.h"
#include "daemon/endpoint/feed_query.h"
#include "daemon/endpoint/feed_read.h"
#include "daemon/endpoint/feed_waiters.h"

namespace signet {

// Loop thread only.
class FeedEndpoint final : private FeedReadSink {
 public:
  explicit FeedEndpoint(WorkerScope& scope) : scope_(scope), checkpoints_(scope) {}
  ~FeedEndpoint() override;
  FeedEndpoint(const FeedEndpoint&) = delete;
  FeedEndpoint& operator=(const FeedEndpoint&) = delete;

  // `alarm` makes the loop iterate after so many milliseconds, and calls `alarm_rang` before; a later call replaces the
  // earlier. Before the first request.
  void set_alarm(std::function<void(uint64_t in_ms)> alarm) { alarm_ = std::move(alarm); }
  void alarm_rang() { alarm_for_ns_ = 0; }

  void on_request(const http::Request& request, http::Responder& out, const TenantKeys& tenant);
  void on_snapshot(const http::Request& request, http::Responder& out, const TenantKeys& tenant);

  // Answers what has arrived and who is due, in slices. Whether work is left, to be called again without blocking.
  bool after_poll(http::Responder& out);
  // The peer of a long poll hung up.
  void on_gone(const http::ExchangeId& id);
  // Answers every long poll, and lets none wait any more.
  void on_drain(http::Responder& out);

 private:
  static constexpr uint64_t kJoinNs = 20'000'000;      // revocations within it share a wake-up
  static constexpr size_t kAnswersPerIteration = 128;  // about a millisecond of writing
  static constexpr uint64_t kSigningPerIterationNs = SigningQueue::kBudgetNs;
  // One answer being made.
  struct Exchange {
    http::ExchangeId id;
    uint64_t since_ns = 0;  // its latency counts from here
  };

  // feed_endpoint.cc
  std::expected<const ClientRecord*, ErrorReply> authorise(const http::Request& request, const TenantKeys& tenant);
  std::expected<void, ErrorReply> serve(const http::Request& request, http::Responder& out, const TenantKeys& tenant);
  void answer_from_tail(const Exchange& exchange, http::Responder& out, const TenantKeys& tenant, const FeedTail& tail,
                        uint64_t after);
  void answer_read_feed(const FeedRead& read, http::Responder& out, const TenantKeys& tenant);
  void answer(const Exchange& exchange, http::Responder& out, std::string_view body);
  void refuse(const Exchange& exchange, http::Responder& out, const ErrorReply& error);
  void answer_gone(const Exchange& exchange, http::Responder& out, const TenantKeys& tenant, std::string_view why);
  std::expected<const TenantKeys*, ErrorReply> still_allowed(const FeedCaller& caller) const;
  void read(const FeedCaller& caller, uint64_t since_ns, const FeedRange& query);
  void arrived(FeedRead* read) override;
  void answer_read(const FeedRead& read, http::Responder& out);

  // feed_snapshot.cc
  std::expected<void, ErrorReply> serve_snapshot(const http::Request& request, http::Responder& out,
                                                 const TenantKeys& tenant);
  void answer_read_snapshot(const FeedRead& read, http::Responder& out, const TenantKeys& tenant);
  void finish_snapshot(const Exchange& exchange, http::Responder& out, const TenantKeys& tenant, const FeedRows& page,
                       uint64_t end);

  // feed_poll.cc
  std::expected<void, ErrorReply> wait(const FeedCaller& caller, http::Responder& out, uint64_t after, uint32_t wait_s);
  void answer_waiter(FeedWaiter& waiter, http::Responder& out, uint64_t now_ns);
  void remove(FeedWaiter& waiter);
  bool serve_waiters(http::Responder& out, uint64_t now_ns);
  void set_next_alarm(uint64_t now_ns);

  WorkerScope& scope_;
  FeedCheckpoints checkpoints_;
  FeedWaiters waiters_;
  std::function<void(uint64_t)> alarm_;
  uint64_t alarm_for_ns_ = 0;  // 0 = none is set
  uint64_t seen_version_ = 0;  // of the tails: nobody waits for an entry up to there
  uint64_t wake_up_ns_ = 0;    // when the waiters are looked through; 0 = nothing new
  uint64_t last_wake_up_ns_ = 0;
  bool draining_ = false;
  FeedRead* first_arrived_ = nullptr;
  FeedRead* last_arrived_ = nullptr;

  // The last bodies from a tail, for the other followers at the same sequence.
  struct Rendered {
    FeedCursor from;
    uint64_t end = 0;
    std::string checkpoint;
    std::string body;
  };
  std::array<Rendered, 4> rendered_;
};

}  // namespace signet
