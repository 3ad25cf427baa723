// Committer: the one thread that writes. It takes what was queued while the last sync ran, checks and applies it in
// order as one commit, makes that durable, writes the mark, publishes, and completes. There is no timer but the mark's
// sync once a second while it is dirty.
//
// Invariants: an operation is completed exactly once; none with success before its commit is durable and in the mark;
// after a failure no commit is written any more. Whatever was submitted before an operation's own submission began is
// applied no later than it.
// Thread rule: `submit`, `fail`, `status` from any thread; `close` from one.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "keystore/store/mark.h"
#include "keystore/store/operation.h"
#include "keystore/store/sync_times.h"
#include "keystore/store/transaction.h"

namespace signet::store {

class Committer {
 public:
  struct Parts {
    Database& database;
    Mark& mark;
    Mark* anchor = nullptr;  // a second mark, written and synced with the first; null = none
    SafeTime& time;
    StoreListener* listener = nullptr;
    uint32_t queue_max = 0;
    const RevocationIndex* revocations = nullptr;
  };
  Committer(const Parts& parts, const CommitState& state);
  ~Committer();
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  // submit takes the operation, or completes it at once: kBusy when the queue is full, kUnavailable when closed.
  void submit(OperationPtr operation) { submit(std::span(&operation, 1)); }
  // The same for several, in their order, with one wake-up.
  void submit(std::span<OperationPtr> operations);
  // fail: storage cannot be trusted any more. The first call tells the listener.
  void fail(const std::string& why);
  bool failed() const { return failed_.load(); }
  // Clients removed since the start, as far as the listener has been told. Any thread.
  uint64_t client_removals() const { return client_removals_; }
  // Fills what the committer knows of it.
  void status(StoreStatus& status) const;
  // close refuses what comes, finishes what is queued, commits the time, makes the mark durable. Idempotent.
  void close();

 private:
  struct Queue;
  using Operations = std::vector<OperationPtr>;

  void enqueue(std::span<OperationPtr> operations);
  void run();
  void wait_for_work();
  void drain();
  void commit_waiting();
  bool apply(Operations& operations, std::vector<Outcome>& outcomes);
  void read_ahead();
  bool make_durable();
  void publish(Operations operations, std::vector<Outcome> outcomes);
  void refuse_all(Operations operations);
  void sync_mark_when_due();
  bool sync_mark();
  StoreError failure() const;

  const Parts parts_;
  CommitState state_;  // of the last durable commit; committer thread
  Transaction transaction_;
  std::unique_ptr<Queue> queue_;
  std::deque<OperationPtr> waiting_;   // taken from the queue, in order of tickets; committer thread
  std::vector<std::string> families_;  // read_ahead's; committer thread
  std::atomic<uint64_t> next_ticket_{0};
  std::atomic<uint64_t> pending_{0};  // submitted and not yet in a commit
  std::atomic<bool> closing_{false};
  std::atomic<bool> failed_{false};
  mutable std::mutex failure_mutex_;
  std::string failure_text_;
  int64_t mark_synced_at_ns_ = 0;
  uint64_t mark_synced_commit_ = 0;
  std::atomic<uint64_t> commit_{0};
  std::atomic<uint64_t> client_removals_{0};
  std::atomic<uint64_t> batches_{0};
  std::atomic<uint64_t> operations_{0};
  std::atomic<uint64_t> last_batch_size_{0};
  SyncTimes sync_times_;
  std::thread thread_;
};

}  // namespace signet::store
