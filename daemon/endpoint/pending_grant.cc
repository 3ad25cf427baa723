#include "daemon/endpoint/pending_grant.h"

#include <chrono>
#include <thread>

#include "protocol/base/check.h"
#include "protocol/base/secret_bytes.h"

namespace signet {

void PendingGrant::completed() { pool_.completed(*this); }

void PendingGrant::created(const std::expected<RefreshFamily, StoreError>& result) {
  verdict = RotationVerdict::kRotated;
  if (!result) {
    // A client that changed meanwhile gets the exact answer at its next try.
    const bool busy = result.error().kind != StoreErrorKind::kUnavailable;
    verdict = busy ? RotationVerdict::kBusy : RotationVerdict::kUnavailable;
  }
  pool_.completed(*this);
}

void PendingGrant::deliver() { pool_.sink_.decided(*this); }

PendingGrants::~PendingGrants() { SIGNET_CHECK(in_store_.load() == 0); }

void PendingGrants::wait_for_store() const {
  using namespace std::chrono_literals;
  while (in_store_.load(std::memory_order_acquire) != 0) std::this_thread::sleep_for(1ms);
}

PendingGrant* PendingGrants::take() {
  if (free_ == nullptr) {
    if (all_.size() == kMax) return nullptr;
    all_.push_back(std::make_unique<PendingGrant>(*this));
    return all_.back().get();
  }
  PendingGrant* grant = free_;
  free_ = grant->next_free_;
  return grant;
}

void PendingGrants::hand_over(Store& store) {
  in_store_.fetch_add(rotations_.size(), std::memory_order_relaxed);
  store.rotate_families(rotations_);
  rotations_.clear();
}

void PendingGrants::give_back(PendingGrant& grant) {
  grant.wipe_secrets();
  grant.next_free_ = free_;
  free_ = &grant;
}

void PendingGrants::completed(PendingGrant& grant) {
  mailbox_.post(&grant);
  in_store_.fetch_sub(1, std::memory_order_release);
}

}  // namespace signet
