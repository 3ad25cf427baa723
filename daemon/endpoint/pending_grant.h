// PendingGrant: a refresh token's request between its worker and the store: a rotation, or the making of a family. It
// keeps names and copies, never a view into a snapshot: it lives over loop iterations.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "daemon/endpoint/mailbox.h"
#include "daemon/endpoint/refresh_successor.h"
#include "keystore/queue/signing_job.h"
#include "keystore/store/store.h"

namespace signet {

class PendingGrants;

// Loop thread, but for `completed` and `created`, which the store calls.
class PendingGrant final : public RefreshRotation, public Mail {
 public:
  explicit PendingGrant(PendingGrants& pool) : pool_(pool) {}

  void completed() override;
  // The completion of Store::create_family.
  void created(const std::expected<RefreshFamily, StoreError>& result);
  void deliver() override;
  void abandon() override {}  // the pool's

  SigningJobOwner owner;      // whom the answer is for
  SigningJob* job = nullptr;  // kept ready, so that nothing fails for want of one after the commit

 private:
  friend class PendingGrants;
  PendingGrants& pool_;
  PendingGrant* next_free_ = nullptr;
};

// Whom results go to. Loop thread.
class PendingGrantSink {
 public:
  virtual void decided(PendingGrant& grant) = 0;

 protected:
  ~PendingGrantSink() = default;
};

// The grants of one worker. Loop thread, but for what the store completes.
// Invariant: `in_store_` counts those that the store has; whoever completes one touches nothing after counting it out.
class PendingGrants {
 public:
  // As many may be under way at once; each rotation waits for one sync.
  static constexpr size_t kMax = 1024;
  static constexpr size_t kTogether = 32;

  PendingGrants(Mailbox& mailbox, PendingGrantSink& sink) : mailbox_(mailbox), sink_(sink) {
    rotations_.reserve(kTogether);
  }
  // wait_for_store has been called.
  ~PendingGrants();
  PendingGrants(const PendingGrants&) = delete;
  PendingGrants& operator=(const PendingGrants&) = delete;

  // Null when kMax are under way. Allocates only while the pool grows.
  PendingGrant* take();
  void give_back(PendingGrant& grant);
  // Blocks until the store has completed all that it has.
  void wait_for_store() const;
  // Before the grant is handed to the store.
  void handing_over() { in_store_.fetch_add(1, std::memory_order_relaxed); }
  // rotate_later keeps the grant until hand_over, which gives the store what came in this loop iteration: it is woken
  // once for them, and they share a commit. Says when there are enough: to wait for more would leave the disk idle.
  bool rotate_later(PendingGrant& grant) {
    rotations_.push_back(&grant);
    return rotations_.size() >= kTogether;
  }
  bool to_hand_over() const { return !rotations_.empty(); }
  void hand_over(Store& store);

 private:
  friend class PendingGrant;
  void completed(PendingGrant& grant);

  Mailbox& mailbox_;
  PendingGrantSink& sink_;
  std::vector<std::unique_ptr<PendingGrant>> all_;
  PendingGrant* free_ = nullptr;
  std::vector<RotationRequest*> rotations_;  // not handed over yet
  std::atomic<size_t> in_store_{0};
};

}  // namespace signet
