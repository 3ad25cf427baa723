// RevocationReader: the thread that reads pages of revocation feeds out of the database, so that no worker does. Pages
// near the end of a feed are in memory and do not come here.
//
// Invariants: a query is answered exactly once; at most kQueriesMax wait. Thread rule: `submit` any thread; `close`
// one.
#pragma once

#include <atomic>
#include <cstddef>
#include <expected>
#include <memory>
#include <thread>

#include "keystore/store/database.h"
#include "keystore/store/safe_time.h"
#include "keystore/store/store.h"

namespace signet::store {

class RevocationReader {
 public:
  static constexpr size_t kQueriesMax = 1024;

  // Both outlive the reader, and the database is open until `close` has returned.
  RevocationReader(const Database& database, const SafeTime& time);
  ~RevocationReader();
  RevocationReader(const RevocationReader&) = delete;
  RevocationReader& operator=(const RevocationReader&) = delete;

  // As Store::read_feed. Allocates; takes no lock.
  void submit(const FeedRange& query, StoreDone<FeedRows> done);
  // close refuses what waits and ends the thread. Blocks. Idempotent.
  void close();

 private:
  struct Job;
  struct Queue;

  void run();
  void answer(std::unique_ptr<Job> job);

  const Database& database_;
  const SafeTime& time_;
  std::unique_ptr<Queue> queue_;
  std::atomic<size_t> pending_{0};
  std::atomic<bool> closing_{false};
  std::thread thread_;
};

// read_feed_page is what the thread does for one query. Blocks. The error is RocksDB's, or a damaged row.
std::expected<FeedRows, StoreError> read_feed_page(const Database& database, const FeedRange& query,
                                                   UnixSeconds safe_now);

}  // namespace signet::store
