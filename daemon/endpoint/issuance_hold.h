// IssuanceHold: signed answers that wait until the records of their tokens are kept. What an iteration of the loop
// signed goes to the recorder together; while two such batches are under way, what follows is collected, so that a
// slow disk is asked less often and for more at once.
//
// Invariants: a held job is in exactly one batch; it is answered, or failed, once, and given back to the queue then;
// `out_` counts what the recorder has, and whoever completes a batch touches nothing after counting it out.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <vector>

#include "daemon/endpoint/mailbox.h"
#include "keystore/grants/issuance_batch.h"
#include "keystore/queue/signing_queue.h"

namespace signet {

// Whom held jobs go back to. Loop thread.
class IssuanceHoldSink {
 public:
  virtual void recorded(SigningJob& job) = 0;
  virtual void not_recorded(SigningJob& job) = 0;

 protected:
  ~IssuanceHoldSink() = default;
};

// Loop thread, but for what the recorder completes.
class IssuanceHold {
 public:
  static constexpr size_t kUnderWayMax = 2;  // one that is being written, and one that waits for it
  static constexpr size_t kTogetherMax = 512;
  static constexpr size_t kOctetsMax = size_t{512} * 1024;

  // `recorder` null: nothing is ever held.
  IssuanceHold(IssuanceRecorder* recorder, SigningQueue& queue, Mailbox& mailbox, IssuanceHoldSink& sink);
  // wait_for_recorder has been called.
  ~IssuanceHold();
  IssuanceHold(const IssuanceHold&) = delete;
  IssuanceHold& operator=(const IssuanceHold&) = delete;

  // take keeps a job that was just signed and has a record. Allocates only while the pool of batches grows.
  void take(SigningJob& job);
  // At the end of every iteration: gives the recorder what was taken.
  void hand_over() {
    if (current_ != nullptr) hand_over_current();
  }
  // Blocks until the recorder has nothing of this worker any more. The loop has ended.
  void wait_for_recorder() const;

 private:
  class Batch;

  void hand_over_current();
  void submit(Batch& batch);
  Batch& batch_for(size_t octets);
  void returned(Batch& batch);

  IssuanceRecorder* const recorder_;
  SigningQueue& queue_;
  Mailbox& mailbox_;
  IssuanceHoldSink& sink_;
  std::vector<std::unique_ptr<Batch>> all_;
  Batch* free_ = nullptr;
  Batch* current_ = nullptr;  // being filled
  size_t under_way_ = 0;
  std::atomic<size_t> out_{0};
};

}  // namespace signet
