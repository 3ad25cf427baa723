#include "daemon/endpoint/feed_waiters.h"

#include <algorithm>
#include <cstring>

#include "protocol/base/check.h"

namespace signet {
namespace {

constexpr uint64_t kSecondNs = 1'000'000'000;

}  // namespace

FeedCaller feed_caller(const http::Request& request, const ClientRecord& client) {
  FeedCaller caller;
  caller.id = request.id;
  caller.tenant = client.tenant();
  caller.client_revision = client.revision();
  const std::string_view id = client.client_id();
  SIGNET_CHECK(id.size() <= caller.client_id.size());
  caller.client_id_size = static_cast<uint8_t>(id.size());
  std::memcpy(caller.client_id.data(), id.data(), id.size());
  return caller;
}

void FeedWaiters::append(List& list, FeedWaiter& waiter, FeedWaiter::Link FeedWaiter::* link) {
  (waiter.*link) = {list.last, nullptr};
  (list.last != nullptr ? (list.last->*link).next : list.first) = &waiter;
  list.last = &waiter;
}

void FeedWaiters::unlink(List& list, FeedWaiter& waiter, FeedWaiter::Link FeedWaiter::* link) {
  const FeedWaiter::Link& at = waiter.*link;
  (at.previous != nullptr ? (at.previous->*link).next : list.first) = at.next;
  (at.next != nullptr ? (at.next->*link).previous : list.last) = at.previous;
}

FeedWaiter& FeedWaiters::take() {
  if (free_ == nullptr) return pool_.emplace_back();
  FeedWaiter& waiter = *free_;
  free_ = waiter.next_on_slot;
  return waiter;
}

void FeedWaiters::add(const FeedCaller& caller, uint64_t after, uint32_t wait_s, uint64_t now_ns) {
  SIGNET_CHECK(wait_s > 0 && wait_s <= kFeedWaitMaxS);
  FeedWaiter& waiter = take();
  waiter.caller = caller;
  waiter.after = after;
  waiter.wait_s = wait_s;
  waiter.due_ns = now_ns + wait_s * kSecondNs;
  append(tenants_[caller.tenant], waiter, &FeedWaiter::by_tenant);
  append(waits_[wait_s], waiter, &FeedWaiter::by_wait);
  if (slots_.size() <= caller.id.slot) slots_.resize(caller.id.slot + 1);
  waiter.next_on_slot = slots_[caller.id.slot];
  slots_[caller.id.slot] = &waiter;
  ++size_;
}

void FeedWaiters::remove(FeedWaiter& waiter) {
  unlink(tenants_[waiter.caller.tenant], waiter, &FeedWaiter::by_tenant);
  unlink(waits_[waiter.wait_s], waiter, &FeedWaiter::by_wait);
  FeedWaiter** link = &slots_[waiter.caller.id.slot];
  while (*link != &waiter) link = &(*link)->next_on_slot;
  *link = waiter.next_on_slot;
  waiter.next_on_slot = free_;
  free_ = &waiter;
  --size_;
}

FeedWaiter* FeedWaiters::find(const http::ExchangeId& id) const {
  if (id.slot >= slots_.size()) return nullptr;
  FeedWaiter* waiter = slots_[id.slot];
  while (waiter != nullptr && waiter->caller.id != id) waiter = waiter->next_on_slot;
  return waiter;
}

FeedWaiter* FeedWaiters::any() const { return due(UINT64_MAX); }

FeedWaiter* FeedWaiters::due(uint64_t now_ns) const {
  for (const List& list : waits_) {
    if (list.first != nullptr && list.first->due_ns <= now_ns) return list.first;
  }
  return nullptr;
}

uint64_t FeedWaiters::next_due_ns() const {
  uint64_t next = UINT64_MAX;
  for (const List& list : waits_) {
    if (list.first != nullptr) next = std::min(next, list.first->due_ns);
  }
  return next;
}

}  // namespace signet
