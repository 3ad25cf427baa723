// FeedRead: a page that the store's reader fetches for one exchange, and its way back to the loop.
#pragma once

#include <expected>

#include "daemon/endpoint/feed_waiters.h"
#include "daemon/endpoint/mailbox.h"
#include "keystore/store/store.h"

namespace signet {

struct FeedRead;

// Where pages arrive. Loop thread.
class FeedReadSink {
 public:
  virtual ~FeedReadSink() = default;
  // Takes the read over.
  virtual void arrived(FeedRead* read) = 0;
};

struct FeedRead final : Mail {
  explicit FeedRead(FeedReadSink& to) : sink(to) {}
  void deliver() override { sink.arrived(this); }

  FeedReadSink& sink;
  FeedCaller caller;
  uint64_t arrived_ns = 0;
  FeedRange query;  // `live`: a page of a snapshot
  std::expected<FeedRows, StoreError> page{};
  FeedRead* next = nullptr;  // of the sink's list
};

}  // namespace signet
