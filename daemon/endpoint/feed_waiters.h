// FeedWaiters: the long polls of one worker: found by tenant when its feed grows, by time when a wait is over, and by
// exchange when a peer hangs up, each without a search.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "daemon/endpoint/feed_query.h"
#include "daemon/http/request.h"
#include "keystore/clients/client.h"

namespace signet {

// Who asked, by name: looked up again before an answer that comes in a later iteration.
struct FeedCaller {
  http::ExchangeId id;
  uint32_t tenant = 0;
  uint64_t client_revision = 0;
  uint8_t client_id_size = 0;
  std::array<char, 128> client_id;
  std::string_view client() const { return {client_id.data(), client_id_size}; }
};

FeedCaller feed_caller(const http::Request& request, const ClientRecord& client);

struct FeedWaiter {
  FeedCaller caller;
  uint64_t after = 0;   // the sequence that it has
  uint64_t due_ns = 0;  // monotonic: when it waits no longer

  // Of FeedWaiters.
  struct Link {
    FeedWaiter* previous = nullptr;
    FeedWaiter* next = nullptr;
  };
  Link by_tenant;
  Link by_wait;
  uint32_t wait_s = 0;
  FeedWaiter* next_on_slot = nullptr;  // also of the free list
};

// Loop thread only. Allocates only while it holds more than ever before, or sees a new tenant.
class FeedWaiters {
 public:
  // add takes a waiter of `wait_s` (1 to kFeedWaitMaxS) seconds from `now_ns` on. One tenant's are added with `after`
  // ascending.
  void add(const FeedCaller& caller, uint64_t after, uint32_t wait_s, uint64_t now_ns);
  // Ends the waiting of `waiter`, which is reused from now on.
  void remove(FeedWaiter& waiter);
  // The waiter of an exchange; null when there is none.
  FeedWaiter* find(const http::ExchangeId& id) const;

  size_t size() const { return size_; }
  // Any one, null when there is none.
  FeedWaiter* any() const;
  // One whose time has come, null when there is none.
  FeedWaiter* due(uint64_t now_ns) const;
  // When the next one's comes; UINT64_MAX when nobody waits.
  uint64_t next_due_ns() const;
  // Calls `end_of(tenant)` for tenants with waiters until it names a sequence that one of them does not have; gives
  // that waiter, null when everybody has everything.
  template <typename EndOf>
  FeedWaiter* behind(const EndOf& end_of) const {
    for (const auto& [tenant, list] : tenants_) {
      if (list.first != nullptr && list.first->after != end_of(tenant)) return list.first;
    }
    return nullptr;
  }

 private:
  struct List {
    FeedWaiter* first = nullptr;
    FeedWaiter* last = nullptr;
  };
  static void append(List& list, FeedWaiter& waiter, FeedWaiter::Link FeedWaiter::* link);
  static void unlink(List& list, FeedWaiter& waiter, FeedWaiter::Link FeedWaiter::* link);
  FeedWaiter& take();

  std::deque<FeedWaiter> pool_;  // never moves them
  FeedWaiter* free_ = nullptr;
  size_t size_ = 0;
  std::unordered_map<uint32_t, List> tenants_;
  // A FIFO for each duration: what waits equally long is due in the order of arrival.
  std::array<List, kFeedWaitMaxS + 1> waits_;
  std::vector<FeedWaiter*> slots_;  // by connection; a pipelining peer may have several
};

}  // namespace signet
