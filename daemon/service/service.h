// Service: the handler of one worker's public listener. Routes, serves what needs no signature at once, and queues the
// rest; `after_poll` signs and answers what the iteration queued.
#pragma once

#include <cstdint>
#include <memory>

#include "daemon/dialect/dialect_service.h"
#include "daemon/endpoint/batch_endpoint.h"
#include "daemon/endpoint/feed_endpoint.h"
#include "daemon/endpoint/introspect_batch_endpoint.h"
#include "daemon/endpoint/introspect_endpoint.h"
#include "daemon/endpoint/issuance_hold.h"
#include "daemon/endpoint/revoke_endpoint.h"
#include "daemon/endpoint/token_checker.h"
#include "daemon/endpoint/token_endpoint.h"
#include "daemon/endpoint/verify_endpoint.h"
#include "daemon/endpoint/worker_scope.h"

namespace signet {

// Thread rule: its worker's loop thread.
class Service final : public http::Handler, private SigningSink, private IssuanceHoldSink {
 public:
  // `keystore`, `metrics`, `shared` and `dialects` outlive the service. `jobs_max` bounds answers in the making:
  // beyond, 503. `verify_cache_entries` is the size of the cache of verified tokens. Without `dialects` there are none.
  Service(Keystore& keystore, size_t worker_index, WorkerMetrics& metrics, const ServiceShared& shared, size_t jobs_max,
          WallClock clock = system_clock_ms, size_t verify_cache_entries = kVerifyCacheEntries,
          const DialectShared* dialects = nullptr);
  // Waits for what the store still has of this worker: it completes everything, if only with an error.
  ~Service() override;

  std::optional<size_t> on_head(const http::Request& request, http::Responder& responder) override;
  void on_request(const http::Request& request, http::Responder& responder) override;
  void on_gone(const http::ExchangeId& id) override { feed_.on_gone(id); }
  void on_drain(http::Responder& responder) override { feed_.on_drain(responder); }

  // Signs what is queued, within its budget, and answers it. Returns whether work is left, to be called again without
  // blocking.
  bool after_poll(http::Responder& responder);

  // What other threads finish for this worker; its `wake` is set before the loop runs.
  Mailbox& mailbox() { return mailbox_; }
  // How the loop is woken for signatures that are made elsewhere. Before the loop runs.
  void set_signing_wake(std::function<void()> wake) { queue_.set_wake(std::move(wake)); }
  // Blocks until nobody else signs for this worker, or records what it signed, any more: each wakes the loop when it is
  // done. The loop has ended, and can still be woken.
  void wait_for_others() const {
    queue_.wait_for_remote();
    hold_.wait_for_recorder();
  }
  // How the loop is made to iterate in so many milliseconds; whoever rings calls `alarm_rang` before. Before the loop
  // runs.
  void set_alarm(std::function<void(uint64_t in_ms)> alarm) { feed_.set_alarm(std::move(alarm)); }
  void alarm_rang() { feed_.alarm_rang(); }

 private:
  bool still_valid(const SigningJob& job) override;
  void signed_job(SigningJob& job) override;
  void checked_job(SigningJob& job, bool held) override;
  void failed_job(SigningJob& job, Failure why) override;
  void before_dear_group() override { responder_->flush(); }
  void recorded(SigningJob& job) override { answer(job); }
  void not_recorded(SigningJob& job) override;
  void answer(SigningJob& job);
  void failed_check(SigningJob& job);
  void serve_elsewhere(const http::Request& request, http::Responder& responder);

  SigningQueue queue_;
  WorkerScope scope_;
  TokenEndpoint token_;
  BatchEndpoint batch_;
  RevokeEndpoint revoke_;
  TokenChecker checker_;
  IntrospectEndpoint introspect_;
  IntrospectBatchEndpoint introspect_batch_;
  VerifyEndpoint verify_;
  std::unique_ptr<DialectService> dialects_;
  FeedEndpoint feed_;
  IssuanceHold hold_;
  http::Responder* responder_ = nullptr;  // during after_poll
  Mailbox mailbox_;                       // ends first: what it still holds may belong to an endpoint
};

}  // namespace signet
