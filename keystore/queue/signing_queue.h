// SigningQueue: a worker's queue of answers that wait for their signature, or for the check of one. Filled while
// sockets are read, emptied in groups of the signer's width in the same loop iteration; never on a timer, so an idle
// server adds no latency.
//
// Invariants:
// - One thread, no lock. A job is in exactly one place: free list, caller's hands, or one class queue.
// - An iteration signs for at most its budget; a single signature dearer than the budget counts whole, a group in lanes
//   is filled where that takes no longer, and at least one job of every waiting algorithm class is signed per run,
//   cheap classes first: a flood of RSA cannot hold up EdDSA for longer than one RSA signature or group, and cannot be
//   starved itself.
// - No snapshot pointer is kept between runs: keys are found again by (tenant, revision), those of checks by the header
//   of their token, so that a key that retired meanwhile still checks.
// - A job of a key in a token costs a run no more than handing it over. It comes back by a wake-up, and is answered in
//   the run after it, if its key and client are still what they were.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "keystore/keys/key_set.h"
#include "keystore/queue/remote_jobs.h"
#include "keystore/queue/signing_job.h"

namespace signet {

// Where finished jobs go. Called from `run` on the loop thread; the job goes back to the queue's free list afterwards,
// unless the sink sets `held`: then it is the sink's, which gives it back later.
class SigningSink {
 public:
  virtual ~SigningSink() = default;
  // Asked before signing a job that an earlier iteration queued: whether its client may still have a token.
  virtual bool still_valid(const SigningJob& job) = 0;
  virtual void signed_job(SigningJob& job) = 0;
  // A check is done. `job.key_revision` is that of the key it was done with; a key that is gone holds nothing.
  virtual void checked_job(SigningJob& job, bool held) = 0;
  enum class Failure : uint8_t {
    kKeyWithdrawn,
    kClientChanged,
    kSignerFailed,
    kSignerUnavailable,  // a key in a token, which has too much to do or is not there
    kNotRecorded,        // signed, but its record could not be kept: nobody may see it. Never from the queue itself
  };
  virtual void failed_job(SigningJob& job, Failure why) = 0;
  // A group is next that takes more than half of the run's budget, and jobs of this run are done: their answers need
  // not wait for it.
  virtual void before_dear_group() {}
};

struct SigningStats {
  uint64_t groups = 0;
  uint64_t carried_over = 0;  // runs that ended with work left
  uint64_t failures = 0;
};

class SigningQueue {
 public:
  static constexpr uint64_t kBudgetNs = 1'000'000;            // of signing in one loop iteration
  static constexpr uint64_t kClassBacklogNs = 2'000'000'000;  // of signing that may wait in one algorithm class
  static constexpr size_t kGroupMax = 64;                     // jobs handed to a signer in one call
  static constexpr size_t kSignatureSizeMax = 512;            // RSA 4096

  // `signer_index` picks this worker's signer of a key. `jobs_max` bounds the jobs in being.
  SigningQueue(size_t signer_index, size_t jobs_max);
  ~SigningQueue();

  // take gives an empty job to compose into, or null when jobs_max are out (answer 503). Allocates only while the pool
  // grows.
  SigningJob* take();
  // give_back returns a job that will not be signed.
  void give_back(SigningJob* job);
  // push queues a composed job for this iteration's or a later run.
  void push(SigningJob* job);

  bool empty() const { return queued_ == 0; }
  size_t queued() const { return queued_; }
  // Also what is out to be signed elsewhere.
  size_t queued(JwsAlgorithm algorithm) const {
    const ClassQueue& queue = classes_[static_cast<size_t>(algorithm)];
    return queue.size + queue.remote;
  }

  // has_room tells whether one more job of a signature that costs `cost_ns` would still be signed in reasonable time:
  // a class holds at most kClassBacklogNs of signing, so that a flood of dear signatures cannot take all jobs and with
  // them every other algorithm's.
  bool has_room(JwsAlgorithm algorithm, uint32_t cost_ns) const {
    return (classes_[static_cast<size_t>(algorithm)].size + 1) * uint64_t{cost_ns} <= kClassBacklogNs;
  }
  // The same of a signature with this key, wherever it is made.
  bool has_room(const SigningKey& key) const {
    if (key.remote) return remote_.has_room() && key.remote->has_room();
    return has_room(key.algorithm, signing_cost_ns(key));
  }

  // run signs queued jobs until the budget (estimated by each key's cost) is spent. Returns whether work is left: then
  // the loop must come back without blocking.
  bool run(const KeySet& keys, SigningSink& sink, uint64_t budget_ns = kBudgetNs);

  // How the loop is woken when a signature comes back from elsewhere; any thread calls it. Before the first job.
  void set_wake(std::function<void()> wake) { remote_.set_wake(std::move(wake)); }
  // Blocks until nobody else has a job of this queue any more. The loop has ended.
  void wait_for_remote() const { remote_.wait(); }

  const SigningStats& stats() const { return stats_; }

 private:
  static constexpr size_t kClasses = 9;  // indexed by JwsAlgorithm; 0 unused

  struct ClassQueue {
    SigningJob* head = nullptr;
    SigningJob* tail = nullptr;
    size_t size = 0;
    size_t remote = 0;  // that are out
  };

  SigningJob* pop(ClassQueue& queue);
  std::optional<uint64_t> call_cost_ns(const KeySet& keys, const SigningJob& job, size_t count) const;
  uint64_t each_ns(const KeySet& keys, const SigningJob& job) const;
  bool one_more_is_free(const KeySet& keys, const SigningJob& job, size_t count) const;
  size_t gather(const KeySet& keys, ClassQueue& queue, uint64_t budget_ns, SigningSink& sink,
                std::span<SigningJob*> group);
  bool is_dear(const KeySet& keys, std::span<SigningJob*> group, uint64_t budget_ns) const;
  uint64_t sign_group(const KeySet& keys, SigningSink& sink, std::span<SigningJob*> group);
  uint64_t hand_over(const SigningKey& key, SigningSink& sink, std::span<SigningJob*> group);
  void finish_remote(const KeySet& keys, SigningSink& sink);
  uint64_t check_group(const KeySet& keys, SigningSink& sink, std::span<SigningJob*> group);
  void finish(SigningSink& sink, std::span<SigningJob*> group, size_t signed_count, size_t signature_size);
  void fail(SigningSink& sink, std::span<SigningJob*> group, SigningSink::Failure why);

  size_t signer_index_;
  size_t jobs_max_;
  size_t queued_ = 0;
  uint64_t run_ = 0;  // a job queued in an earlier run was carried over
  SigningJob* free_ = nullptr;
  std::vector<std::unique_ptr<SigningJob>> pool_;
  std::array<ClassQueue, kClasses> classes_;
  SigningStats stats_;
  std::array<uint8_t, kGroupMax * kSignatureSizeMax> signatures_;
  RemoteJobs remote_;  // ends first: a job that is out is in the pool
};

}  // namespace signet
