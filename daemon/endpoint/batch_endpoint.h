// POST /oauth2/token/batch: many tokens for one client in one exchange, answered as application/x-ndjson, a line per
// entry in order. The work is split over loop iterations, so that other connections are served meanwhile.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "daemon/endpoint/batch_request.h"
#include "daemon/endpoint/issuance.h"

namespace signet {

// Loop thread only. Allocates (a batch is not the steady path). What waits keeps names and copies: client and tenant
// are looked up again for every slice.
class BatchEndpoint {
 public:
  // Entries fed to the signing queue in one iteration, over all batches: about one signing budget of the cheaper
  // signatures, so that a batch delays a single request by no more than that.
  static constexpr size_t kSliceMax = 32;

  explicit BatchEndpoint(WorkerScope& scope) : scope_(scope), composer_(scope) {}

  // Authenticates before a large body is read; see http::Handler::on_head.
  std::optional<size_t> on_head(const http::Request& request, http::Responder& out, const TenantKeys& tenant);
  void on_request(const http::Request& request, http::Responder& out, const TenantKeys& tenant);

  // feed queues the next slice; finish_ready answers the batches that are complete and tells whether any is left.
  void feed(http::Responder& out);
  bool finish_ready(http::Responder& out);

  void signed_job(SigningJob& job);
  void failed_job(SigningJob& job, SigningSink::Failure why);

 private:
  struct Batch {
    http::ExchangeId exchange;
    uint64_t arrived_ns = 0;
    uint32_t tenant = 0;
    std::string client_id;
    uint64_t client_revision = 0;  // a client that changed meanwhile gets nothing more of this batch
    std::vector<BatchEntry> entries;
    std::vector<std::string> lines;
    size_t next = 0;         // entry to feed
    size_t outstanding = 0;  // entries in the signing queue
    bool waits = false;      // for signatures, before more is fed
    bool complete() const { return next == entries.size() && outstanding == 0; }
  };

  std::expected<void, ErrorReply> accept(const http::Request& request, const TenantKeys& tenant);
  size_t in_flight(uint32_t tenant, std::string_view client_id) const;
  size_t free_slot();
  size_t feed_batch(size_t number, size_t slice);
  bool feed_entry(size_t number, const TenantKeys& tenant, const ClientRecord& client);
  void fail_entry(Batch& batch, size_t item, const ErrorReply& error);
  void answer(Batch& batch, http::Responder& out);

  WorkerScope& scope_;
  TokenComposer composer_;
  std::vector<std::unique_ptr<Batch>> batches_;  // by number; empty ones are null
  size_t active_ = 0;
  size_t turn_ = 0;      // where the next feed begins, so that batches take turns
  std::string refusal_;  // text of the last refused body, while it is answered
};

}  // namespace signet
