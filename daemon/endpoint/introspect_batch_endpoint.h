// POST /oauth2/introspect/batch: many tokens in one exchange, answered as one JSON array in order. The work is split
// over loop iterations, so that other connections are served meanwhile.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "daemon/endpoint/introspect_batch_request.h"
#include "daemon/endpoint/introspect_endpoint.h"

namespace signet {

// Loop thread only. Allocates (a batch is not the steady path). What waits keeps names and copies: caller and tenant
// are looked up again for every slice.
class IntrospectBatchEndpoint {
 public:
  // What all batches together may do in one iteration, in units of a token that is found in the cache (about 1 us): a
  // batch delays a single request by no more than a few hundred microseconds.
  static constexpr size_t kSliceMax = 256;
  static constexpr size_t kQueuedCost = 4;       // units of a token whose signature must be checked, besides the check
  static constexpr size_t kOutstandingMax = 64;  // checks of one batch in the queue

  IntrospectBatchEndpoint(WorkerScope& scope, TokenChecker& checker) : scope_(scope), checker_(checker) {}

  // Authenticates before a large body is read; see http::Handler::on_head.
  std::optional<size_t> on_head(const http::Request& request, http::Responder& out, const TenantKeys& tenant);
  void on_request(const http::Request& request, http::Responder& out, const TenantKeys& tenant);

  // feed checks the next slice; finish_ready answers the batches that are complete and tells whether any is left.
  void feed(http::Responder& out);
  bool finish_ready(http::Responder& out);

  void checked_job(SigningJob& job, bool held);
  void failed_job(SigningJob& job);

 private:
  struct Part {
    uint32_t at = 0;
    uint32_t size = 0;
  };
  struct Batch {
    http::ExchangeId exchange;
    uint64_t arrived_ns = 0;
    uint32_t tenant = 0;
    std::string client_id;
    uint64_t client_revision = 0;
    TokenList tokens;
    std::string bodies;         // in the order in which they were found
    std::vector<Part> answers;  // of the tokens, in order: parts of `bodies`
    size_t next = 0;            // token to feed
    size_t outstanding = 0;     // checks in the signing queue
    bool failed = false;        // nothing more of it is decided; 503
    bool complete() const { return outstanding == 0 && (failed || next == tokens.size()); }
  };

  std::expected<void, ErrorReply> accept(const http::Request& request, const TenantKeys& tenant);
  size_t in_flight(uint32_t tenant, std::string_view client_id) const;
  size_t free_slot();
  size_t feed_batch(size_t number, size_t slice);
  size_t feed_token(size_t number, const TenantKeys& tenant, const ClientRecord& caller);
  static void put_answer(Batch& batch, size_t item, std::string_view body);
  void answer(const Batch& batch, http::Responder& out);

  WorkerScope& scope_;
  TokenChecker& checker_;
  std::vector<std::unique_ptr<Batch>> batches_;  // by number; empty ones are null
  size_t active_ = 0;
  size_t turn_ = 0;      // where the next feed begins, so that batches take turns
  std::string refusal_;  // text of the last refused body, while it is answered
};

}  // namespace signet
