// RemoteJobs: the jobs of one worker whose signatures are made elsewhere, on their way there and back.
//
// Invariants: at most half of the worker's jobs are out, so that a slow token cannot take all of them; a job that is
// out is in no queue and in nobody's hands; `in_flight_` is counted down last by whoever completes one, so that nothing
// here goes while a completion is under way.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "keystore/queue/signing_job.h"
#include "keystore/signing/remote_signer.h"

namespace signet {

// Thread rule: the worker's, but for completions.
class RemoteJobs {
 public:
  static constexpr size_t kMax = 1024;

  explicit RemoteJobs(size_t jobs_max) : max_(std::clamp<size_t>(jobs_max / 2, 1, kMax)) {}
  ~RemoteJobs() { wait(); }
  RemoteJobs(const RemoteJobs&) = delete;
  RemoteJobs& operator=(const RemoteJobs&) = delete;

  // Before the first job. `wake` is called from any thread when one came back, and must not block.
  void set_wake(std::function<void()> wake) { wake_ = std::move(wake); }
  bool has_room() const { return out_ < max_; }
  size_t out() const { return out_; }
  // submit gives the job to the signer; false: the job stays the caller's. Allocates only while the pool grows.
  bool submit(const RemoteSigner& signer, SigningJob& job);

  // finish calls `use` (job, signature or empty when there is none) for each that came back, in the order in which they
  // did. The job is the caller's again.
  template <typename Use>
  void finish(Use use) {
    for (Entry* entry = take_in_order(); entry != nullptr;) {
      Entry* const next = entry->next;
      SigningJob& job = *entry->job;
      --out_;
      use(job, entry->made ? ByteSpan(entry->signature) : ByteSpan());
      entry->next = free_;
      free_ = entry;
      entry = next;
    }
  }
  // wait blocks until no completion is on its way any more. The worker's loop has ended.
  void wait() const;

 private:
  struct Entry final : RemoteSignature {
    explicit Entry(RemoteJobs& jobs) : owner(jobs) {}
    void completed() override { owner.came_back(*this); }
    RemoteJobs& owner;
    SigningJob* job = nullptr;
    Entry* next = nullptr;  // of the free list, or the one that came back before
  };
  Entry* take_entry();
  Entry* take_in_order();
  void came_back(Entry& entry);

  const size_t max_;
  size_t out_ = 0;
  Entry* free_ = nullptr;
  std::vector<std::unique_ptr<Entry>> pool_;
  std::function<void()> wake_;
  std::atomic<Entry*> last_{nullptr};  // the newest that came back
  std::atomic<size_t> in_flight_{0};
};

}  // namespace signet
